using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.Tasks.Conflicts;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reviews;
using CodexService.Tasks.Rounds;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.FollowUps;

/// <content>What is begun, told or dropped when its time has come.</content>
public sealed partial class PendingFollowUps
{
    /// <summary>Tells a running attempt what waits, or begins one round with it when the task has ended. Doing so twice is harmless.</summary>
    public async Task BeginAsync(Guid taskId, CancellationToken cancellationToken)
    {
        var history = await rounds.HistoryAsync(taskId, cancellationToken);
        await store.ChangeAsync(
            taskId,
            (task, now, db) =>
            {
                var open = db.PendingFollowUps.Where(f => f.TaskId == task.Id && (f.State == PendingState.Waiting || f.State == PendingState.Sent)).OrderBy(f => f.Id).ToList();
                if (!task.IsTerminal)
                {
                    Tell(task, open, now, db);
                }
                else if (task.PullRequest?.State != PullRequestState.Merging)
                {
                    Begin(task, StillWanted(task, open, db), history, now, db);
                }
            },
            cancellationToken);
    }

    private static void Tell(CodingTask task, List<PendingFollowUp> open, DateTimeOffset now, TasksDbContext db)
    {
        if (task.State == TaskState.Publishing || task.CancelRequested || task.Brain == BrainChoice.Repair)
        {
            return;
        }

        foreach (var asked in open.Where(asked => asked is { State: PendingState.Waiting, IsSteerable: true }))
        {
            var message = task.SendMessage(Read<Feedback>(asked).Text, attemptNumber: null, now);
            db.TaskMessages.Add(message);
            asked.Send(message.Number);
        }
    }

    private static List<PendingFollowUp> StillWanted(CodingTask task, List<PendingFollowUp> open, TasksDbContext db)
    {
        var read = open.Exists(asked => asked.State == PendingState.Sent) ? ReadThrough(db, task) : 0;
        var stopped = task.Outcome == TaskState.Cancelled && open.Count > 0 ? StoppedAt(db, task) : null;
        foreach (var asked in open)
        {
            if (asked.State == PendingState.Sent && asked.MessageNumber <= read)
            {
                asked.Read();
            }
            else if (task.PullRequest is { State: not PullRequestState.Open } pull)
            {
                asked.Drop($"pull request #{pull.ShownNumber} is {pull.State.ToString().ToLowerInvariant()}");
            }
            else if (asked.CreatedAt < stopped)
            {
                asked.Drop("the task was stopped afterwards");
            }
            else if (LooksAgain(task, asked))
            {
                continue;
            }
            else if (asked.Kind == PendingKind.Check && asked.HeadCommit != task.PullRequest?.HeadCommit)
            {
                asked.Drop("the branch has another head by now");
            }
        }

        return WithOneResolution(open.FindAll(asked => asked.State is PendingState.Waiting or PendingState.Sent));
    }

    // When somebody said so: until the work has ended people may have asked for something else.
    private static DateTimeOffset? StoppedAt(TasksDbContext db, CodingTask task) =>
        db.TaskEvents.Where(entry => entry.TaskId == task.Id && entry.Type == TaskEventTypes.CancelRequested).Max(entry => (DateTimeOffset?)entry.At) ?? task.FinishedAt;

    private static void Begin(CodingTask task, List<PendingFollowUp> wanted, RoundHistory history, DateTimeOffset now, TasksDbContext db)
    {
        // What people said goes first: it moves the head, and a check of the old one is of no interest then.
        var said = wanted.FindAll(asked => asked.Kind == PendingKind.Feedback);
        var next = said.Count > 0 ? said : wanted.Take(1).ToList();
        if (next.Count == 0)
        {
            return;
        }

        var feedback = said.ConvertAll(Read<Feedback>);
        if (feedback.Exists(one => one.ApprovePlan))
        {
            task.AskForPlans();
        }

        var prompt = said.Count == 0 && next[0].Kind == PendingKind.Conflict ? BeginResolution(task, next[0], history, db)
            : said.Count == 0 ? task.FollowUp(Read<string>(next[0]), testCommand: null, user: null, history)
            : task.PullRequest is null ? task.FollowUp(string.Join("\n\n", feedback.Select(one => one.Text)), testCommand: null, UserOf(feedback[0]), history)
            : Review(task, task.PullRequest, said, history, now, db);
        prompt.IsAskedBy(Askers(feedback, next[0]));
        db.TaskPrompts.Add(prompt);
        next.ForEach(asked => asked.Start(prompt.Number));
    }

    // Each becomes a review of its own, so that its threads are answered; one prompt carries them all, and what is still open.
    private static TaskPrompt Review(CodingTask task, PullRequest pull, List<PendingFollowUp> said, RoundHistory history, DateTimeOffset now, TasksDbContext db)
    {
        var open = PullRequestReviews.Open(db, pull.Id);
        var reviews = said.ConvertAll(asked => task.Receive(Submitted(asked, pull), now));
        db.Reviews.AddRange(reviews);
        var prompt = task.FollowUp(reviews[^1], [.. open, .. reviews.SkipLast(1)], UserOf(Read<Feedback>(said[0])), history);
        reviews.ForEach(task.Announce);
        return prompt;
    }

    private static SubmittedReview Submitted(PendingFollowUp asked, PullRequest pull)
    {
        var feedback = Read<Feedback>(asked);
        return new SubmittedReview(
            feedback.Author,
            ReviewEvent.RequestChanges,
            feedback.Text,
            asked.HeadCommit ?? pull.HeadCommit,
            [.. feedback.Comments.Select(comment => new SubmittedComment(comment.Path, comment.Side, comment.Line, comment.Body, comment.Quote)
            {
                StartLine = comment.StartLine,
                ForgeId = comment.Id.ToString(CultureInfo.InvariantCulture),
            })])
        {
            ForgeId = asked.Key,
        };
    }

    // Somebody in the dashboard may have asked for the resolution; else conflicts and checks ask by themselves.
    private static IReadOnlyList<ForgeAccount>? Askers(List<Feedback> said, PendingFollowUp first) => said.Count > 0
        ? [.. said.Select(one => new ForgeAccount(one.Author, one.AuthorId)).DistinctBy(account => account.Login, StringComparer.OrdinalIgnoreCase)]
        : first.Kind == PendingKind.Conflict && Read<ConflictWork>(first).ByPerson ? [] : null;

    // Whose budget it counts against: who asked first.
    private static string UserOf(Feedback feedback) => $"github:{feedback.Author}";

    // The journal of a model's turns tells up to which message its attempt had read; the repair brain has none.
    // Models write what they like into it, and PostgreSQL reads no NUL out of JSON.
    private static int ReadThrough(TasksDbContext db, CodingTask task) => db.Database.SqlQuery<int>(
        $$"""
        SELECT coalesce(max((replace(turn.record, '\u0000', '\u0020')::json #>> '{heard,readThrough}')::int), 0) AS "Value"
        FROM attempt_turns turn JOIN attempts attempt ON attempt.id = turn.attempt_id
        WHERE attempt.task_id = {{task.Id}} AND attempt.number >= {{task.RoundStart}}
        """).Single();
}
