using System.CommandLine;
using System.Diagnostics;
using CodexService.Cli.Connection;

namespace CodexService.Cli.Commands;

/// <summary><c>codex down</c>: stops the service on the data folder, wherever it was started.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    public static Command Create(CliEnvironment environment)
    {
        var command = new Command("down", "Stop the service that ./codex up runs; tasks go on when it is up again");
        command.SetAction((_, cancellationToken) => RunAsync(environment, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliEnvironment environment, CancellationToken cancellationToken)
    {
        var finder = new ServiceFinder(environment);
        if (finder.IsNamed)
        {
            throw new CliException($"{ServiceFinder.UrlSetting} names a service, and only the one on the data folder can be stopped from here: unset it.");
        }

        if (finder.Running() is not { } service)
        {
            environment.Out.Line($"No service is up on {Spectre.Console.Markup.Escape(environment.Data.Root)}.");
            return ExitCodes.Success;
        }

        await AskToStopAsync(service.Pid, cancellationToken);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100), environment.Time);
        var began = environment.Time.GetTimestamp();
        while (finder.IsTaken())
        {
            if (environment.Time.GetElapsedTime(began) > StopLimit)
            {
                throw new CliException($"The service (pid {service.Pid}) has not stopped within {StopLimit.TotalSeconds:0} s.");
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }

        environment.Out.Line($"The service at {service.Url} is stopped.");
        return ExitCodes.Success;
    }

    // .NET can kill a process but not ask it to end.
    private static async Task AskToStopAsync(int pid, CancellationToken cancellationToken)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", $"{pid}"]) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = await kill.StandardError.ReadToEndAsync(cancellationToken);
        await kill.WaitForExitAsync(cancellationToken);
        if (kill.ExitCode != 0)
        {
            throw new CliException($"The service (pid {pid}) cannot be stopped: {error.Trim()}");
        }
    }
}
