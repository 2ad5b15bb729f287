using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Reviewing;

/// <summary>Makes a review task of a pull request that somebody wants reviewed.</summary>
internal sealed class ReviewTasks(TaskStarter starter) : ITriggerAction
{
    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) => ValueTask.FromResult(
        context is { Wanted: { Command: TriggerCommand.Review, Actor: not null }, Payload: { PullRequest: not null } or { Issue.IsPullRequest: true } });

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var number = context.Wanted.Number;
        var pull = await context.Repository.PullRequests.GetAsync(number, cancellationToken);
        if (pull.State != "open")
        {
            return TriggerOutcome.Refused($"pull request #{number} is {(pull.MergedAt is null ? "closed" : "merged")}, so there is nothing left to review");
        }

        // What the pull request says of itself is not asked for; who asked may say what to look at.
        var said = TriggerText.WithoutWord(context.Wanted.Said ?? "", "review");
        return await starter.StartAsync(
            context,
            new NewTask(
                said.Length > 0 ? said : $"Review pull request #{number}",
                pull.Base.Ref,
                IsPullRequest: true,
                pull.HtmlUrl,
                pull.Title,
                $"a review of pull request #{number} was started")
            {
                Kind = TaskKind.Review,

                // GitHub keeps the head of each pull request under this name, those of forks too.
                HeadRef = $"refs/pull/{number}/head",
            },
            cancellationToken);
    }
}
