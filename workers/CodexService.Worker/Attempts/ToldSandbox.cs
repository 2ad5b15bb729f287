using CodexService.Sandbox;
using CodexService.Tasks.Attempts;

namespace CodexService.Worker.Attempts;

/// <summary>
/// A sandbox that tells of each command that tries something new, for a while: a loop over made-up names fills no log, and what
/// all of them tried is known at the end.
/// </summary>
internal sealed class ToldSandbox(ISandbox inner, Action<AttemptReport> tell) : ISandbox
{
    private const int MostEvents = 20;

    private readonly HashSet<string> told = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new();
    private bool toldOfAddresses;
    private int events;

    public string Id => inner.Id;

    public string Workspace => inner.Workspace;

    public SandboxLimits Limits => inner.Limits;

    public NetworkAttempts Network => inner.Network;

    public async Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var result = await inner.RunAsync(command, cancellationToken);
        if (result.Network.Any && IsNews(result.Network))
        {
            tell(NetworkReports.Event("work", result.Network, command.Label));
        }

        return result;
    }

    public Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken) => inner.UploadAsync(tar, directory, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private bool IsNews(NetworkAttempts tried)
    {
        lock (gate)
        {
            if (events == MostEvents)
            {
                return false;
            }

            var news = tried.Addresses > 0 && !toldOfAddresses;
            toldOfAddresses |= tried.Addresses > 0;
            foreach (var name in tried.Names)
            {
                news |= told.Add(name.Name);
            }

            events += news ? 1 : 0;
            return news;
        }
    }
}
