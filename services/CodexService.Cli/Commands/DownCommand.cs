using System.CommandLine;
using System.Diagnostics;
using CodexService.Cli.Connection;
using CodexService.Contracts.Local;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex down</c>: stops the service on the data folder, wherever it was started.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

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

        var root = environment.Data.Root;
        if (!finder.IsTaken())
        {
            environment.Out.Line($"No service is up on {Markup.Escape(root)}.");
            return ExitCodes.Success;
        }

        if (await WaitForPidAsync(environment, finder, cancellationToken) is not { } service)
        {
            environment.Out.Line($"The service on {Markup.Escape(root)} is stopped.");
            return ExitCodes.Success;
        }

        await AskToStopAsync(service, cancellationToken);
        var next = await WaitForEndAsync(environment, finder, service, cancellationToken);
        environment.Out.Line($"The service at {Markup.Escape(service.Url)} is stopped.{Markup.Escape(next)}");
        return ExitCodes.Success;
    }

    /// <summary>The service that holds the folder; null when it let go of it. One that starts or stops says no pid, and may take minutes for the first.</summary>
    private static async Task<RunningService?> WaitForPidAsync(CliEnvironment environment, ServiceFinder finder, CancellationToken cancellationToken)
    {
        var began = environment.Time.GetTimestamp();
        using var tick = new PeriodicTimer(LookInterval, environment.Time);
        RunningService? unseen = null;
        for (var isTold = false; finder.IsTaken(); await tick.WaitForNextTickAsync(cancellationToken))
        {
            if (finder.Running() is { } service)
            {
                if (service.IsSeenFromHere())
                {
                    return service;
                }

                // Or it has ended between the two looks.
                unseen = unseen != service ? service : throw new CliException(
                    $"The service at {service.Url} runs where its process (pid {service.Pid} there) cannot be seen from here, as in a container: stop it there.");
            }
            else if (!isTold)
            {
                isTold = true;
                environment.Error.Line($"[grey]A service is starting or stopping on {Markup.Escape(environment.Data.Root)}: waiting for it[/]");
            }

            if (environment.Time.GetElapsedTime(began) > StartLimit)
            {
                throw new CliException(
                    $"A service has been starting or stopping on {environment.Data.Root} for {StartLimit.TotalMinutes:0} minutes and does not say its pid, so it was not stopped: \"lsof {environment.Data.LockFile}\" finds it.");
            }
        }

        return null;
    }

    /// <summary>Waits until the service has ended, and says whether another one has taken its place: a supervisor's, or that of a command that waited.</summary>
    private static async Task<string> WaitForEndAsync(CliEnvironment environment, ServiceFinder finder, RunningService service, CancellationToken cancellationToken)
    {
        var began = environment.Time.GetTimestamp();
        using var tick = new PeriodicTimer(LookInterval, environment.Time);
        while (true)
        {
            // Before the look at the folder: it lets go of that when it ends.
            var hasEnded = !service.IsSeenFromHere();
            if (!finder.IsTaken())
            {
                return string.Empty;
            }

            if (finder.Running() is { } next && next != service)
            {
                return $" Another one took its place and is up at {next.Url} (pid {next.Pid}).";
            }

            if (hasEnded)
            {
                return " Another one took its place and is starting.";
            }

            if (environment.Time.GetElapsedTime(began) > StopLimit)
            {
                throw new CliException($"The service (pid {service.Pid}) has not stopped within {StopLimit.TotalSeconds:0} s: \"kill -KILL {service.Pid}\" ends it, and what is stored stays.");
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    // .NET can kill a process but not ask it to end.
    private static async Task AskToStopAsync(RunningService service, CancellationToken cancellationToken)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", $"{service.Pid}"]) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = await kill.StandardError.ReadToEndAsync(cancellationToken);
        await kill.WaitForExitAsync(cancellationToken);
        if (kill.ExitCode != 0 && service.IsSeenFromHere())
        {
            throw new CliException($"The service (pid {service.Pid}) cannot be stopped: {error.Trim()}");
        }
    }
}
