using System.CommandLine;
using CodexService.Cli.Connection;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex token</c>: says which API token is used and where it lies; shows it only when asked.</summary>
internal static class TokenCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var show = new Option<bool>("--show") { Description = "Print the token itself, alone, on stdout" };
        var command = new Command("token", "Say where the API token is") { show };
        command.SetAction(parsed =>
        {
            var token = new ServiceFinder(environment).Token();
            var named = environment.Variable(ServiceFinder.TokenSetting) is { Length: > 0 };
            var place = named ? $"the environment variable {ServiceFinder.TokenSetting}" : environment.Data.TokenFile;
            if (token is null)
            {
                throw new CliException($"There is no API token in {place} yet: the first ./codex up makes one.");
            }

            if (parsed.GetValue(show))
            {
                environment.Out.Writer.WriteLine(token);
            }
            else
            {
                environment.Out.Line($"The API token is in {Markup.Escape(place)}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
