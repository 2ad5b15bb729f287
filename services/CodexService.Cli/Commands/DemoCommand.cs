using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Demo;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using CodexService.Samples;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex demo</c>: the whole way on a sample repository, from a reported bug to a reviewable pull request.</summary>
internal static class DemoCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var keep = new Option<bool>("--keep") { Description = "Keep the dashboard up afterwards, until Ctrl+C" };
        var bug = new Option<string>("--bug")
        {
            Description = $"Which bug to seed (default {SeededBug.Demo.Name}; an unknown name lists them)",
            HelpName = "name",
            DefaultValueFactory = _ => SeededBug.Demo.Name,
        };
        var brain = TaskOptions.BrainOption();
        var command = new Command("demo", "Fix a bug in a sample repository, from task to pull request") { keep, bug, brain };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var seeded = Find(parsed.GetRequiredValue(bug));
            var task = await RunAsync(environment, seeded, parsed.GetValue(brain), parsed.GetValue(keep), cancellationToken);
            return cancellationToken.IsCancellationRequested && !parsed.GetValue(keep) ? ExitCodes.Interrupted : ExitCodes.Of(task);
        });
        return command;
    }

    private static SeededBug Find(string name) => SeededBug.All.FirstOrDefault(bug => bug.Name == name) ?? throw new CliException(
        $"There is no bug \"{name}\" to seed; there are {string.Join(", ", SeededBug.All.Select(one => one.Name))}.");

    private static async Task<TaskDetail> RunAsync(
        CliEnvironment environment, SeededBug bug, BrainChoice? brain, bool keep, CancellationToken cancellationToken)
    {
        var began = environment.Time.GetTimestamp();
        var folder = await DemoFolder.CreateAsync(environment, bug, cancellationToken);
        environment.Error.Line($"[grey]Seeded the bug {Markup.Escape(bug.Name)} into {Markup.Escape(bug.File)} of a small users API[/]");
        await using var session = await ServiceSession.ConnectOrStartAsync(environment, keep ? DashboardPort(environment) : null, cancellationToken);
        var up = environment.Time.GetElapsedTime(began);
        var submission = new SubmitTaskRequest(folder, bug.Prompt, SampleRepository.TestCommand, Brain: brain);
        var task = await RunCommand.SubmitAndFollowAsync(environment, session, submission, cancellationToken);
        ResultView.Write(environment.Out, task, session.IsEmbedded && !keep ? null : session.Client.Address.Url);
        var total = environment.Time.GetElapsedTime(began);
        environment.Out.Line($"  [grey]time[/]          {Words.Duration(total.TotalSeconds)} in all, {Words.Duration(up.TotalSeconds)} of it to have the service up");
        if (cancellationToken.IsCancellationRequested)
        {
            return task;
        }

        if (keep)
        {
            await KeepAsync(environment, session, task, cancellationToken);
        }
        else if (session.IsEmbedded)
        {
            LaterReview.Write(environment, task);
        }

        return task;
    }

    private static async Task KeepAsync(CliEnvironment environment, ServiceSession session, TaskDetail task, CancellationToken cancellationToken)
    {
        var address = session.Client.Address;
        var page = task.PullRequest is { } pull ? $"/pulls/{pull.Number}" : $"/tasks/{task.Summary.Id}";
        environment.Out.Line();

        // The link carries the token, so it goes to a person's screen and never into a file.
        if (environment.Out.IsTerminal && address.Token is not null)
        {
            environment.Out.Line("Review it with this link, which signs you in:");
            environment.Out.Link(UpCommand.SignInLink(address.Url, address.Token, page));
        }
        else
        {
            environment.Out.Line("Review it (./codex token --show prints the API token to sign in with):");
            environment.Out.Link(address.Url + page);
        }

        if (!session.IsEmbedded)
        {
            return;
        }

        environment.Out.Line("[grey]Ctrl+C stops the service.[/]");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            environment.Error.Line("[grey]Stopping[/]");
        }
    }

    // The dashboard that stays is where people expect it, unless something else is there already.
    private static int? DashboardPort(CliEnvironment environment) =>
        UpCommand.ChosenPort(environment) ?? (EmbeddedService.IsFree(UpCommand.UsualPort) ? UpCommand.UsualPort : null);
}
