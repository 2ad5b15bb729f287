using CodexService.Contracts.Api;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Repositories.Inspection;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Submission;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries.Issues;

/// <summary>Makes a task of an issue. The same trigger finds the task that it made before.</summary>
internal sealed class IssueTasks(TaskStore store, RepositoryInspector inspector, UserBudgets budgets, IOptions<GitHubTaskOptions> options) : ITriggerAction
{
    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) => ValueTask.FromResult(
        context is { Wanted.Command: TriggerCommand.Fix or TriggerCommand.Plan, Payload.Issue: { IsPullRequest: false } });

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var (wanted, issue, actor) = (context.Wanted, context.Payload.Issue!, context.Wanted.Actor!);
        var prompt = await IssuePrompt.WriteAsync(context, cancellationToken);
        if (prompt.Text.Length == 0)
        {
            return Refused("the issue says nothing that can be worked on: write what is wrong and what should happen instead, then ask again");
        }

        var user = $"github:{actor}";
        if (budgets.IsLimited(user) && await budgets.StandingAsync(user, cancellationToken) is { UsedUp: { } usedUp })
        {
            return Refused(usedUp);
        }

        RepositoryAddress address;
        string? testCommand;
        try
        {
            address = RepositoryAddress.Parse(context.Info.CloneUrl);
            testCommand = context.Settings.TestCommand ?? (await inspector.InspectAsync(address, cancellationToken)).TestCommand;
        }
        catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Unreachable)
        {
            return Refused(e.Message);
        }

        if (testCommand is null)
        {
            return Refused($"no test command was found in the repository: put one into {TriggerSettings.Path} on {context.Info.DefaultBranch}, for example test_command: npm test");
        }

        var submitted = await store.SubmitAsync(
            new TaskSubmission(
                address.Value,
                prompt.Text,
                testCommand,
                context.Info.DefaultBranch,
                context.Settings.Attempts,
                TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
                BrainChoice.Auto,
                $"github:{context.Repository.Name.ToString().ToLowerInvariant()}:{wanted.Key}")
            {
                ApprovePlan = wanted.Command == TriggerCommand.Plan,
                SubmittedBy = user,
                Origin = new SubmissionOrigin(
                    context.Repository.Name.ToString(),
                    issue.Number,
                    IsPullRequest: false,
                    actor,
                    $"{context.Info.HtmlUrl}/issues/{issue.Number}",
                    TriggerText.Clean(issue.Title),
                    wanted.Comment),
            },
            cancellationToken);
        return new TriggerOutcome(DeliveryState.Acted, $"a task was started for issue #{issue.Number}", submitted.TaskId) { Reply = prompt.Cut };
    }

    private static TriggerOutcome Refused(string line) => new(DeliveryState.Refused, line) { Reply = line };
}
