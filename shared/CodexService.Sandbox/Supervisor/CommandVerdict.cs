namespace CodexService.Sandbox.Supervisor;

/// <summary>Turns an exit into the result that callers see, with one clear line when a limit was hit.</summary>
internal static class CommandVerdict
{
    public static CommandResult Judge(
        CommandExit exit, ReadOnlyMemory<byte> output, ReadOnlyMemory<byte> error, SandboxCommand command, SandboxLimits limits)
    {
        var (stopped, line) = exit.Reason switch
        {
            EndReason.TimedOut => (CommandStop.TimedOut, TimedOut(command, limits)),
            EndReason.OutputLimit => (CommandStop.OutputLimit, OutputLimit(command, limits)),
            _ when exit.OutOfMemoryKills > 0 => (
                CommandStop.OutOfMemory,
                $"The kernel killed {(exit.OutOfMemoryKills == 1 ? "a process" : $"{exit.OutOfMemoryKills} processes")} of the command: the sandbox's memory limit of {ByteSize.Format(limits.MemoryBytes)} was reached (Sandbox:Memory raises it)."),
            _ => (CommandStop.None, (string?)null),
        };
        return new CommandResult(exit.Code, output, error, exit.Duration, stopped, line);
    }

    private static string TimedOut(SandboxCommand command, SandboxLimits limits) => command.Timeout is { } own
        ? $"The command was stopped: it ran past its timeout of {Words(own)}."
        : $"The command was stopped: it ran past the limit of {Words(limits.CommandTimeout)} (Sandbox:CommandTimeout raises it).";

    private static string OutputLimit(SandboxCommand command, SandboxLimits limits) => command.OutputBytes is { } own
        ? $"The command was stopped: it wrote more than its output limit of {ByteSize.Format(own)}."
        : $"The command was stopped: it wrote more than the output limit of {ByteSize.Format(limits.OutputBytes)} (Sandbox:OutputBytes raises it).";

    private static string Words(TimeSpan time) => time switch
    {
        { TotalMinutes: >= 1 } when time.Ticks % TimeSpan.TicksPerMinute == 0 => $"{time.TotalMinutes:0} min",
        { TotalSeconds: >= 1 } => $"{time.TotalSeconds:0.###} s",
        _ => $"{time.TotalMilliseconds:0.###} ms",
    };
}
