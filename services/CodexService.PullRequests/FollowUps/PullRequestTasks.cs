using System.Text;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.Reviews;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Makes a task of a mention on a pull request that somebody else opened: its work is based on that pull request's branch.
/// </summary>
internal sealed class PullRequestTasks(OurWork work, TaskStarter starter) : ITriggerAction
{
    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        context.Wanted is { Command: TriggerCommand.FollowUp or TriggerCommand.Plan, Said: not null }
        && context.Payload is { PullRequest: not null } or { Issue.IsPullRequest: true }
        && await work.PullRequestAsync(context.Info, context.Wanted.Number, cancellationToken) is null;

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var pull = await context.Repository.PullRequests.GetAsync(context.Wanted.Number, cancellationToken);
        if (pull.State != "open")
        {
            return TriggerOutcome.Refused($"pull request #{pull.Number} is {(pull.MergedAt is null ? "closed" : "merged")}; open an issue for further work");
        }

        if (!string.Equals(pull.Head.Repo?.FullName, context.Info.FullName, StringComparison.OrdinalIgnoreCase))
        {
            return TriggerOutcome.Refused("the branch of this pull request is in a fork, where I do not work; bring it to this repository, or open an issue");
        }

        return await starter.StartAsync(
            context,
            new NewTask(
                await PromptAsync(context, cancellationToken),
                pull.Head.Ref,
                IsPullRequest: true,
                pull.HtmlUrl,
                pull.Title,
                $"a task was started on the branch of pull request #{pull.Number}"),
            cancellationToken);
    }

    private static async Task<string> PromptAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var said = (await FeedbackReader.ReadAsync(context, cancellationToken)).Feedback;
        var prompt = new StringBuilder(said.Text.Length > 0 ? said.Text : "Do what the comment on this line asks for.").Append('\n');
        foreach (var comment in said.Comments)
        {
            prompt.Append("\nOn ").Append(VisibleText.Line(comment.Path)).Append(comment.Line is { } line ? $":{line}" : "").Append(":\n\n");
            foreach (var quoted in TriggerText.Diff(comment.Quote).Split('\n').TakeLast(20))
            {
                prompt.Append("    ").Append(quoted).Append('\n');
            }

            prompt.Append('\n').Append(comment.Body).Append('\n');
        }

        // Its title and text as they were when it was asked for, and only when who wrote them may write here anyway.
        var (title, body, author) = context.Payload switch
        {
            { PullRequest: { } pull } => (pull.Title, pull.Body, pull.User),
            { Issue: { } issue } => (issue.Title, issue.Body, issue.User),
            _ => default,
        };
        if (author is not null && (context.IsListedBot(author.Login) || await new WriteAccess(context.Repository).HasAsync(author.Login, cancellationToken)))
        {
            prompt.Append($"\nThe work is based on the branch of pull request #{context.Wanted.Number} by {author.Login}: {TriggerText.Title(title)}\n\n{TriggerText.Clean(body)}\n");
        }

        return prompt.ToString().TrimEnd() + "\n";
    }
}
