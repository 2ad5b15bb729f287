using System.Reflection;
using System.Runtime.ExceptionServices;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>
/// Makes a fake of an interface from a class that has some of its members under the same names; every other call fails the test.
/// </summary>
internal class Fake<TInterface> : DispatchProxy
    where TInterface : class
{
    private object? members;

    public static TInterface Of(object members)
    {
        var fake = Create<TInterface, Fake<TInterface>>();
        ((Fake<TInterface>)(object)fake).members = members;
        return fake;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var types = targetMethod!.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        var member = members!.GetType().GetMethod(targetMethod.Name, types) ?? throw new NotSupportedException($"the fake has no {targetMethod.Name} of {typeof(TInterface).Name}");
        try
        {
            return member.Invoke(members, args);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } problem)
        {
            ExceptionDispatchInfo.Throw(problem);
            throw;
        }
    }
}
