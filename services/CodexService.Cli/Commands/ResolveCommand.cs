using System.CommandLine;
using CodexService.Cli.Client;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex resolve</c>: conflicts of a task's pull request with its base branch.</summary>
internal static class ResolveCommand
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromMinutes(2);

    public static Command Create(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "resolve",
        "Resolve the conflicts of a task's pull request with its base branch, in a follow-up",
        async (client, id, cancellationToken) =>
        {
            var before = await client.GetTaskAsync(id, cancellationToken);
            if (before.PullRequest is not { } pull)
            {
                throw new CliException($"Task {Words.ShortId(id)} has no pull request, so there is nothing that could be in conflict.");
            }

            await client.ResolveConflictsAsync(pull.Number, cancellationToken);
            if (before.Summary.State is TaskState.Queued or TaskState.Running or TaskState.Paused or TaskState.Publishing)
            {
                environment.Out.Line($"Task {Words.ShortId(id)} is {Words.State(before.Summary.State)}; conflicts are looked for when it has ended. ./codex watch {Words.ShortId(id)} follows it.");
                return ExitCodes.Success;
            }

            var told = await OutcomeAsync(environment, client, id, before.LastSeq, cancellationToken);
            environment.Out.Line(Markup.Escape(Words.Printable(told.Message)));
            if (told.Type == TaskEventTypes.ConflictsFound)
            {
                environment.Out.Line($"A follow-up resolves them; ./codex watch {Words.ShortId(id)} follows it.");
            }

            return ExitCodes.Success;
        });

    private static async Task<TaskEventInfo> OutcomeAsync(CliEnvironment environment, CodexClient client, Guid id, long after, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookLimit, environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await foreach (var item in client.FollowAsync(id, after, either.Token))
            {
                if (item.Type is TaskEventTypes.ConflictsFound or TaskEventTypes.ConflictResolutionDeclined)
                {
                    return item;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }

        throw new CliException($"Nobody has looked for conflicts yet; ./codex show {Words.ShortId(id)} tells what came of it. Is the pull-request service running?");
    }
}
