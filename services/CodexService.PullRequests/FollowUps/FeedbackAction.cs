using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Reporting;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Goes on with a task as people say: reviews that request changes and mentions on our pull request, and mentions on the issue of
/// a task. A running attempt is told; otherwise a follow-up begins, now or when the task has ended.
/// </summary>
internal sealed class FeedbackAction(OurWork work, PendingFollowUps pending, UserBudgets budgets) : ITriggerAction
{
    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) => context.Wanted switch
    {
        { Command: TriggerCommand.FollowUp } => await work.PullRequestAsync(context.Info, context.Wanted.Number, cancellationToken) is not null,

        // A label asks for the whole issue; a comment says what to do about it, and goes to the task that is there.
        { Command: TriggerCommand.Fix, Comment: not null } or { Command: TriggerCommand.Plan } when context.Payload is not { Comment: null, Review: null } =>
            await work.TaskAsync(context.Info, context.Wanted.Number, cancellationToken) is { CanGoOn: true } task && (task.IsActive || task.Pull is not null || !IsBare(context)),
        _ => false,
    };

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var wanted = context.Wanted;
        var task = (await work.TaskAsync(context.Info, wanted.Number, cancellationToken))!;
        if (IsBare(context))
        {
            return task is { IsActive: false, Pull: { } pull }
                ? TriggerOutcome.Refused("there is a pull request for it. Say what to change", task.Id) with { ReplyDetails = GitHubMarkdown.Link($"Pull request #{pull.ShownNumber}", pull.Url) }
                : TriggerOutcome.Refused("I am working on it already");
        }

        var user = $"github:{wanted.Actor}";
        if (budgets.IsLimited(user) && await budgets.StandingAsync(user, cancellationToken) is { UsedUp: { } usedUp })
        {
            return TriggerOutcome.Refused(usedUp);
        }

        var read = await FeedbackReader.ReadAsync(context, cancellationToken);
        var (feedback, leftOut) = (read.Feedback with { AuthorId = wanted.ActorId }, read.LeftOut);
        if (wanted.Command == TriggerCommand.Plan)
        {
            feedback = feedback with { ApprovePlan = true, Text = TriggerText.WithoutWord(feedback.Text, "plan") };
        }

        var asked = TaskCommands.Asked(context, task.Id, PendingKind.Feedback, Source(context), context.Payload.Review?.CommitId);
        if (feedback is { Text: "", Comments: [] })
        {
            return TriggerOutcome.Refused(leftOut ?? "it says nothing that can be worked on: write what should be different");
        }

        // When it is there already, an earlier handling of the same delivery may have ended before the next line.
        await pending.AddAsync(asked, feedback, cancellationToken);
        await pending.BeginAsync(task.Id, cancellationToken);
        var outcome = await pending.FindAsync(asked.Repository, asked.Key, cancellationToken) switch
        {
            null => new TriggerOutcome(DeliveryState.Ignored, "another review or mention carries its comments", task.Id),
            { State: PendingState.Started } started => new TriggerOutcome(DeliveryState.Acted, started.Outcome!, task.Id),
            { State: PendingState.Sent } => new TriggerOutcome(DeliveryState.Acted, "the running attempt was told", task.Id),
            { State: PendingState.Dropped } dropped => TriggerOutcome.Refused(dropped.Outcome!, task.Id),
            _ => new TriggerOutcome(DeliveryState.Acted, "it waits for the end of the work that runs", task.Id),
        };
        return leftOut is null || outcome.Reply is not null ? outcome : outcome with { Reply = leftOut };
    }

    // A comment is handled once, whatever deliveries tell of it.
    private static string Source(TriggerContext context) => context.Payload switch
    {
        { Review: { } review } => $"review:{review.Id}",
        { Comment: { Path: not null } comment } => $"line:{comment.Id}",
        { Comment: { } comment } => $"comment:{comment.Id}",
        _ => context.Wanted.Key,
    };

    // In a thread and in a review the rest says what is meant.
    private static bool IsBare(TriggerContext context) => context is { Payload: { Review: null, Comment.Path: null }, Wanted: var wanted } && (wanted is { Command: TriggerCommand.Fix or TriggerCommand.FollowUp, Said: { } said } && TriggerText.WithoutWord(said, "fix").Length == 0
        || wanted is { Command: TriggerCommand.Plan, Said: { } plan } && TriggerText.WithoutWord(plan, "plan").Length == 0);
}
