using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;

namespace CodexService.Cli.Commands;

/// <summary><c>codex replay</c>: a recorded attempt again, offline, in a sandbox of this machine. The service's program does it; no service has to be up.</summary>
internal static class ReplayCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var bundle = new Argument<string>("bundle") { Description = "File that codex export wrote" };
        var repository = new Option<string?>("--repo", "-r") { Description = "Folder of a git repository, or a clone URL (default: the one in the bundle)", HelpName = "dir|url" };
        var prompts = new Option<bool>("--prompts") { Description = "Also compare the recorded prompts with those of this version" };
        var command = new Command("replay", "Replay a recorded attempt without a model and compare (exit code 0 same, 2 differs, 1 error)") { bundle, repository, prompts };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = Path.GetFullPath(parsed.GetRequiredValue(bundle), environment.CurrentDirectory);
            if (!File.Exists(file))
            {
                throw new CliException($"There is no file {file}: give a replay bundle, which ./codex export writes.");
            }

            List<string> arguments = ["replay-bundle", file];
            if (parsed.GetValue(repository) is { } named)
            {
                arguments.AddRange(["--repo", RepositoryArgument.Resolve(named, environment)]);
            }

            if (parsed.GetValue(prompts))
            {
                arguments.Add("--prompts");
            }

            return await ServiceProgram.RunAsync(environment, arguments, cancellationToken);
        });
        return command;
    }
}
