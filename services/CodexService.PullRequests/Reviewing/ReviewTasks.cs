using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Repositories.Inspection;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Submission;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Reviewing;

/// <summary>Makes a review task of a pull request that somebody wants reviewed. The same trigger finds the task that it made before.</summary>
internal sealed class ReviewTasks(TaskStore store, RepositoryInspector inspector, UserBudgets budgets, IOptions<GitHubTaskOptions> options) : ITriggerAction
{
    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) => ValueTask.FromResult(context.Wanted is { Command: TriggerCommand.Review, Actor: not null });

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var (number, actor) = (context.Wanted.Number, context.Wanted.Actor!);
        var pull = await context.Repository.PullRequests.GetAsync(number, cancellationToken);
        if (pull.State != "open")
        {
            return Refused($"pull request #{number} is {(pull.MergedAt is null ? "closed" : "merged")}, so there is nothing left to review");
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

        // What the pull request says of itself is not asked for; who asked may say what to look at.
        var said = context.Wanted.Text.Trim();
        var submitted = await store.SubmitAsync(
            new TaskSubmission(
                address.Value,
                said.Length > 0 ? said : $"Review pull request #{number}",
                testCommand ?? "",
                pull.Base.Ref,
                Attempts: 1,
                TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
                BrainChoice.Auto,
                $"github:{context.Repository.Name.ToString().ToLowerInvariant()}:{context.Wanted.Key}")
            {
                Kind = TaskKind.Review,

                // GitHub keeps the head of each pull request under this name, those of forks too.
                HeadRef = $"refs/pull/{number}/head",
                SubmittedBy = user,
                Origin = new SubmissionOrigin(
                    context.Repository.Name.ToString(),
                    number,
                    IsPullRequest: true,
                    actor,
                    pull.HtmlUrl,
                    TriggerText.Clean(pull.Title),
                    context.Wanted.Comment),
            },
            cancellationToken);
        return new TriggerOutcome(DeliveryState.Acted, $"a review of pull request #{number} was started", submitted.TaskId);
    }

    private static TriggerOutcome Refused(string line) => new(DeliveryState.Refused, line) { Reply = line };
}
