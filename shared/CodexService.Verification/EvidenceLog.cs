namespace CodexService.Verification;

/// <summary>The commands that ran so far; each is told as it finishes. Thread-safe.</summary>
internal sealed class EvidenceLog(IProgress<EvidenceCommand>? finished)
{
    private readonly Lock _gate = new();
    private readonly List<EvidenceCommand> _commands = [];

    public void Add(EvidenceCommand command)
    {
        // Told under the lock, so that the order told is the order kept.
        lock (_gate)
        {
            _commands.Add(command);
            finished?.Report(command);
        }
    }

    /// <summary>Every command: those at the base commit first, each phase in the order in which its commands finished.</summary>
    public IReadOnlyList<EvidenceCommand> Commands
    {
        get
        {
            lock (_gate)
            {
                return [.. _commands.OrderByDescending(command => command.Phase == EvidenceCommand.Before)];
            }
        }
    }
}
