using System.Reflection;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>The real client, with something that happens right before a branch is moved.</summary>
internal class BranchMoves : DispatchProxy
{
    private object? target;
    private Func<Task>? before;

    public static IGitHub Before(IGitHub github, Func<Task> happens) => (IGitHub)(object)Stand(typeof(IGitHub), github, happens);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IGitData.UpdateBranchAsync))
        {
            return MoveAsync(targetMethod, args);
        }

        var part = targetMethod.Invoke(target, args);
        return targetMethod.ReturnType.IsInterface && part is not null ? Stand(targetMethod.ReturnType, part, before!) : part;
    }

    private async Task MoveAsync(MethodInfo method, object?[]? args)
    {
        await before!();
        await (Task)method.Invoke(target, args)!;
    }

    private static BranchMoves Stand(Type type, object target, Func<Task> happens)
    {
        var proxy = (BranchMoves)Create(type, typeof(BranchMoves));
        (proxy.target, proxy.before) = (target, happens);
        return proxy;
    }
}
