using System.Runtime.InteropServices;
using CodexService.Cli;

// The first Ctrl+C stops in good order (a running task is cancelled), the second at once.
using var stop = new CancellationTokenSource();
void OnSignal(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
return await CodexCommandLine.RunAsync(args, CliEnvironment.OfThisProcess(), stop.Token);
