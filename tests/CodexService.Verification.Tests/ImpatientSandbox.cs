using System.Text;
using CodexService.Sandbox;
using CodexService.Testing;

namespace CodexService.Verification.Tests;

/// <summary>
/// A sandbox in which the patience with a command that hangs is over as soon as the command says that it does, and never
/// before, however slow the machine is: the clock stands still but for that.
/// </summary>
internal sealed class ImpatientSandbox(ISandbox inner, TestClock clock) : ISandbox
{
    /// <summary>What a command writes before it hangs.</summary>
    public const string Hangs = "hangs from here on";

    private static readonly byte[] Said = Encoding.ASCII.GetBytes(Hangs);
    private static readonly TimeSpan LongerThanAnyPatience = TimeSpan.FromDays(1);

    public string Id => inner.Id;

    public string Workspace => inner.Workspace;

    public SandboxLimits Limits => inner.Limits;

    public Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) => inner.RunAsync(
        command.OnStandardOutput is { } listener ? command with { OnStandardOutput = chunk => Hear(chunk, listener) } : command, cancellationToken);

    public Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken) => inner.UploadAsync(tar, directory, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Hear(ReadOnlyMemory<byte> chunk, Action<ReadOnlyMemory<byte>> listener)
    {
        listener(chunk);
        if (chunk.Span.IndexOf(Said) >= 0)
        {
            _ = Task.Run(PassAsync);
        }
    }

    // Patience begins when the same command has ended with the patch, which may be later.
    private async Task PassAsync()
    {
        await clock.WaitedForAsync(LongerThanAnyPatience);
        clock.Advance(LongerThanAnyPatience);
    }
}
