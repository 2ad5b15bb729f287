using System.CommandLine;
using System.Globalization;
using CodexService.Cli.Connection;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex up</c>: the service with its dashboard in the foreground, until Ctrl+C.</summary>
internal static class UpCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var command = new Command("up", "Run the service with its dashboard until Ctrl+C");
        command.SetAction((_, cancellationToken) => RunAsync(environment, cancellationToken));
        return command;
    }

    /// <summary>The port that the person chose, or the default.</summary>
    public static int? ChosenPort(CliEnvironment environment) => environment.Variable("CODEX_PORT") switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 => port,
        var text => throw new CliException($"CODEX_PORT is \"{text}\": give a number from 1 to 65535."),
    };

    private static async Task<int> RunAsync(CliEnvironment environment, CancellationToken cancellationToken)
    {
        ChosenPort(environment);
        var finder = new ServiceFinder(environment);
        if (finder.Running() is { } other)
        {
            throw new CliException($"A service is already up at {other.Url} (pid {other.Pid}) with the data in {environment.Data.Root}. Use that one, or choose another folder with CODEX_DATA.");
        }

        var before = finder.Token();
        await using var service = await EmbeddedService.StartAsync(
            environment, port: null, static _ => { }, line => Relay(environment, line), cancellationToken);
        environment.Out.Line($"[green]●[/] Codex is up at [bold]{Markup.Escape(service.Url)}[/]");
        var token = finder.Token();
        if (token is not null && token != before)
        {
            environment.Out.Line("  Sign in once with this link, which is not shown again:");
            environment.Out.Line($"  {Markup.Escape(SignInLink(service.Url, token))}");
        }

        environment.Out.Line($"  [grey]The API token is in {Markup.Escape(environment.Data.TokenFile)}. Ctrl+C stops the service.[/]");
        try
        {
            var code = await service.Exited.WaitAsync(cancellationToken);
            throw new CliException($"The service ended (exit code {code}): {service.LastError ?? "without a word"}");
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
