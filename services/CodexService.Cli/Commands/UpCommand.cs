using System.CommandLine;
using System.Globalization;
using CodexService.Cli.Connection;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex up</c>: the service with its dashboard in the foreground, until Ctrl+C.</summary>
internal static class UpCommand
{
    /// <summary>The port where people expect the dashboard.</summary>
    public const int UsualPort = 8080;

    public static Command Create(CliEnvironment environment)
    {
        var command = new Command("up", "Run the service with its dashboard until Ctrl+C");
        command.SetAction((_, cancellationToken) => RunAsync(environment, cancellationToken));
        return command;
    }

    /// <summary>The port that the person chose; <see langword="null"/> for the default.</summary>
    public static int? ChosenPort(CliEnvironment environment) => environment.Variable("CODEX_PORT") switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port < 65536 => port,
        var text => throw new CliException($"CODEX_PORT is \"{text}\": it has to be a number from 0 to 65535."),
    };

    private static async Task<int> RunAsync(CliEnvironment environment, CancellationToken cancellationToken)
    {
        var finder = new ServiceFinder(environment);
        if (finder.Running() is { } other)
        {
            throw new CliException($"A service is already up at {other.Url} (pid {other.Pid}) with the data in {environment.Data.Root}. Use that one, or choose another folder with CODEX_DATA.");
        }

        var before = finder.Token();
        await using var service = await EmbeddedService.StartAsync(
            environment, port: null, static _ => { }, line => Relay(environment, line), cancellationToken);
        environment.Out.Line($"[green]●[/] Codex is up at [bold]{Markup.Escape(service.Url)}[/]");

        // The link holds the token: a person's screen gets it at every start, a log at most once.
        if (finder.Token() is { } token && (environment.Out.IsTerminal || token != before))
        {
            environment.Out.Line(environment.Out.IsTerminal ? "  Sign in with this link:" : "  Sign in with this link, which is not written to a file or pipe again:");
            environment.Out.Link(SignInLink(service.Url, token));
        }

        environment.Out.Line($"  [grey]The API token to sign in with is in {Markup.Escape(environment.Data.TokenFile)}; ./codex token --show prints it.[/]");
        environment.Out.Line("  [grey]Ctrl+C stops the service, and so does ./codex down.[/]");
        try
        {
            var code = await service.Exited.WaitAsync(cancellationToken);
            if (code != 0)
            {
                throw new CliException($"The service ended (exit code {code}): {service.LastError ?? "without a word"}");
            }

            environment.Error.Line("[grey]Stopped[/]");
            return ExitCodes.Success;
        }
        catch (OperationCanceledException)
        {
            environment.Error.Line("[grey]Stopping[/]");
            await service.DisposeAsync();
            return ExitCodes.Success;
        }
    }

    /// <summary>Warnings pass as they are; an error becomes the command's own last line.</summary>
    private static void Relay(CliEnvironment environment, string line)
    {
        if (!line.StartsWith(EmbeddedService.ErrorPrefix, StringComparison.Ordinal))
        {
            environment.Error.Line(Markup.Escape(line));
        }
    }

    /// <summary>Signs a browser in; the token is in the fragment, which browsers do not send.</summary>
    public static string SignInLink(string url, string token, string? page = null) =>
        $"{url.TrimEnd('/')}/sign-in{(page is null ? string.Empty : $"?to={page}")}#token={token}";
}
