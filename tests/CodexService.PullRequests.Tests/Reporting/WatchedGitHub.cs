using System.Reflection;
using CodexService.GitHub;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>
/// The real client with its calls listed, in a process that a test can kill before or after any of them: whatever ran then ends as if
/// the machine had lost its power, with nothing stored that was not stored before.
/// </summary>
public sealed class WatchedGitHub(IGitHub inner)
{
    private readonly Lock gate = new();
    private readonly List<(string Name, string? Repository)> calls = [];
    private readonly System.Threading.Channels.Channel<bool> answered = System.Threading.Channels.Channel.CreateUnbounded<bool>();

    /// <summary>Number of the call at which the process dies, counted from 1; 0 for never.</summary>
    public int DiesAt { get; set; }

    /// <summary>Whether the fatal call still reaches GitHub.</summary>
    public bool DiesAfterTheCall { get; set; }

    /// <summary>Name of the call after which the process dies; <see langword="null"/> for none.</summary>
    public string? DiesAfter { get; set; }

    /// <summary>Ends what runs in the process.</summary>
    public CancellationTokenSource Life { get; set; } = new();

    /// <summary>Calls that reached GitHub, for example <c>CreateCommentAsync</c>, oldest first.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls.Select(call => call.Name)];
            }
        }
    }

    /// <summary>How many calls of one name reached GitHub.</summary>
    public int Count(string call) => Calls.Count(one => one == call);

    /// <summary>How many calls of one name reached one repository of GitHub.</summary>
    public int Count(string call, string repository)
    {
        lock (gate)
        {
            return calls.Count(one => one == (call, repository));
        }
    }

    /// <summary>Waits for the end of a call; each is told once.</summary>
    public ValueTask<bool> CalledAsync(CancellationToken cancellationToken) => answered.Reader.ReadAsync(cancellationToken);

    /// <summary>Forgets the calls so far.</summary>
    public void Forget()
    {
        lock (gate)
        {
            calls.Clear();
        }
    }

    /// <summary>The client that is watched.</summary>
    public IGitHub Open() => (IGitHub)(object)Watch(typeof(IGitHub), inner, repository: null);

    private Watcher Watch(Type type, object target, string? repository)
    {
        var proxy = (Watcher)DispatchProxy.Create(type, typeof(Watcher));
        proxy.Watched = this;
        proxy.Target = target;
        proxy.Place = (target as IGitHubRepository)?.Name.ToString() ?? repository;
        return proxy;
    }

    private bool Enter(string call, string? repository)
    {
        lock (gate)
        {
            var isFatal = DiesAt == calls.Count + 1;
            if (isFatal && !DiesAfterTheCall)
            {
                Die();
            }

            calls.Add((call, repository));
            return isFatal || call == DiesAfter;
        }
    }

    private void Die()
    {
        (DiesAt, DiesAfter) = (0, null);
        Life.Cancel();
        throw new OperationCanceledException("killed", Life.Token);
    }

    /// <summary>Stands before one part of the client.</summary>
    public class Watcher : DispatchProxy
    {
        private static readonly MethodInfo Waiting = typeof(Watcher).GetMethod(nameof(FinishWithAsync), BindingFlags.NonPublic | BindingFlags.Instance)!;

        internal WatchedGitHub Watched { get; set; } = null!;

        internal object Target { get; set; } = null!;

        internal string? Place { get; set; }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (!typeof(Task).IsAssignableFrom(targetMethod!.ReturnType))
            {
                var part = targetMethod.Invoke(Target, args);
                return targetMethod.ReturnType.IsInterface && part is not null ? Watched.Watch(targetMethod.ReturnType, part, Place) : part;
            }

            var isFatal = Watched.Enter(targetMethod.Name, Place);
            var task = (Task)targetMethod.Invoke(Target, args)!;
            return targetMethod.ReturnType == typeof(Task)
                ? FinishAsync(task, isFatal)
                : Waiting.MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(this, [task, isFatal]);
        }

        private async Task FinishAsync(Task task, bool isFatal)
        {
            await task;
            Finish(isFatal);
        }

        private async Task<T> FinishWithAsync<T>(Task<T> task, bool isFatal)
        {
            var result = await task;
            Finish(isFatal);
            return result;
        }

        private void Finish(bool isFatal)
        {
            Watched.answered.Writer.TryWrite(true);
            if (isFatal)
            {
                Watched.Die();
            }
        }
    }
}
