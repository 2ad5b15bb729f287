using System.CommandLine;
using CodexService.Cli.Client;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex pr list|merge|close</c>.</summary>
internal static class PullRequestCommands
{
    private static readonly TimeSpan MergeLimit = TimeSpan.FromMinutes(2);

    public static Command Create(CliEnvironment environment) => new("pr", "Pull requests")
    {
        List(environment),
        Merge(environment),
        Close(environment),
    };

    private static Command List(CliEnvironment environment)
    {
        var all = new Option<bool>("--all") { Description = "Also those that are merged or closed" };
        var command = new Command("list", "List the open pull requests") { all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            PullRequestState? filter = parsed.GetValue(all) ? null : PullRequestState.Open;
            var page = await session.Client.ListPullRequestsAsync(filter, 100, cancellationToken);
            if (page.Items.Count == 0)
            {
                environment.Error.Line("[grey]No pull requests.[/]");
            }

            foreach (var pull in page.Items)
            {
                environment.Out.Line($"[bold]#{pull.Number,-4}[/] [{Words.Colour(pull.State)}]{Name(pull.State),-7}[/] {Markup.Escape(Words.Printable(pull.Title))}");
                environment.Out.Line($"      [grey]{Markup.Escape($"{pull.Branch} → {pull.BaseRef} · {PullRequestLink.Of(pull, session.Client.Address.Url)}")}[/]");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Merge(CliEnvironment environment) => OnOne(
        environment,
        "merge",
        "Approve a pull request and merge its branch into its base",
        async (client, number, cancellationToken) =>
        {
            var before = await client.GetTaskAsync((await client.GetPullRequestAsync(number, cancellationToken)).TaskId, cancellationToken);
            var pull = await client.MergeAsync(number, cancellationToken);
            if (pull.State == PullRequestState.Merging)
            {
                pull = await WaitForMergeAsync(environment, client, pull, before.LastSeq, cancellationToken);
            }

            if (pull.State != PullRequestState.Merged)
            {
                var next = pull.Conflicts.Count > 0 ? $": ./codex resolve {Words.ShortId(pull.TaskId)}" : ".";
                throw new CliException($"Pull request #{number} was not merged: {pull.Note ?? "its state is " + Name(pull.State)}{next}");
            }

            environment.Out.Line($"[green]✓[/] #{number} merged into {Markup.Escape(pull.BaseRef)} [grey]{Markup.Escape(pull.MergeCommit ?? string.Empty)}[/]");
            return ExitCodes.Success;
        });

    private static Command Close(CliEnvironment environment) => OnOne(
        environment,
        "close",
        "Close a pull request without merging it",
        async (client, number, cancellationToken) =>
        {
            await client.CloseAsync(number, cancellationToken);
            environment.Out.Line($"#{number} closed.");
            return ExitCodes.Success;
        });

    private static Command OnOne(
        CliEnvironment environment, string name, string description, Func<CodexClient, int, CancellationToken, Task<int>> action)
    {
        var number = new Argument<int>("number")
        {
            Description = "Number of the pull request",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value.TrimStart('#'), out var parsed) && parsed > 0)
                {
                    return parsed;
                }

                result.AddError($"\"{result.Tokens[0].Value}\" is no pull request number");
                return 0;
            },
        };
        var command = new Command(name, description) { number };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            return await action(session.Client, parsed.GetRequiredValue(number), cancellationToken);
        });
        return command;
    }

    private static async Task<PullRequestInfo> WaitForMergeAsync(
        CliEnvironment environment, CodexClient client, PullRequestInfo pull, long after, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MergeLimit, environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await foreach (var item in client.FollowAsync(pull.TaskId, after, either.Token))
            {
                if (item.Type is TaskEventTypes.PullRequestMerged or TaskEventTypes.PullRequestMergeRefused)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException($"The merge of #{pull.Number} still runs after {MergeLimit.TotalMinutes:0} minutes; ./codex pr list --all shows its end.", problem);
        }

        return await client.GetPullRequestAsync(pull.Number, cancellationToken);
    }

    private static string Name(PullRequestState state) => state.ToString().ToLowerInvariant();
}
