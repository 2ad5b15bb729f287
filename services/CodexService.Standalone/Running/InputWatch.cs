namespace CodexService.Standalone.Running;

/// <summary>
/// Stops the service when its standard input closes: the command that started it has ended, in good order or not.
/// </summary>
internal sealed class InputWatch(IHostApplicationLifetime lifetime) : IHostedService
{
    /// <summary>Turns the watch on.</summary>
    public const string Setting = "StopWhenInputCloses";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A read from a pipe cannot be cancelled; a background thread does not hold the process up.
        var thread = new Thread(Watch) { IsBackground = true, Name = "input watch" };
        thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[64];
        while (input.Read(buffer) > 0)
        {
            // What is written means nothing; only the end does.
        }

        lifetime.StopApplication();
    }
}
