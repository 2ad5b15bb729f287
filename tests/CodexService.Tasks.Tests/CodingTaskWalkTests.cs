using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;

namespace CodexService.Tasks.Tests;

/// <summary>Random walks: whatever happens in whatever order, these hold after every step.</summary>
public sealed class CodingTaskWalkTests
{
    private static readonly AttemptState[] Ends = [AttemptState.Succeeded, AttemptState.NoChange, AttemptState.Failed, AttemptState.Cancelled, AttemptState.TimedOut];

    [Fact]
    public void AnySequenceOfOperations_KeepsTheInvariants()
    {
        var ends = new HashSet<TaskState>();
        for (var seed = 0; seed < 600; seed++)
        {
            var walk = new Walk(seed);
            for (var step = 0; step < 40; step++)
            {
                walk.Step();
                walk.Check();
            }

            ends.Add(walk.State);
        }

        // The walks reach every state that a task can rest in.
        Assert.Superset(new HashSet<TaskState> { TaskState.Succeeded, TaskState.NoChange, TaskState.Failed, TaskState.Cancelled, TaskState.TimedOut, TaskState.Running, TaskState.Queued, TaskState.Paused }, ends);
    }

    private sealed class Walk
    {
        private readonly int seed;
        private readonly Random random;
        private readonly CodingTask task;
        private readonly List<AttemptLease> leases = [];
        private readonly List<string> steps = [];
        private DateTimeOffset now = Fresh.Now;

        public Walk(int seed)
        {
            this.seed = seed;
            random = new Random(seed);
            task = Fresh.Queued(random.Next(1, 4));
        }

        public TaskState State => task.State;

        public void Step()
        {
            now += TimeSpan.FromSeconds(random.Next(0, 30));
            var before = (task.LastSeq, task.State, task.NewMessages.Count);
            try
            {
                Operate();
            }
            catch (Exception e) when (e is TaskConflictException or LeaseLostException)
            {
                steps[^1] += $" ({e.GetType().Name})";
                Require(before == (task.LastSeq, task.State, task.NewMessages.Count), "A refused operation changed the task");
            }
        }

        public void Check()
        {
            Require(task.NewEvents.Select(e => e.Seq).SequenceEqual(Enumerable.Range(1, (int)task.LastSeq).Select(n => (long)n)), "The log has gaps");
            var active = task.Attempts.Count(a => a.State is AttemptState.Queued or AttemptState.Running or AttemptState.Paused);
            Require(!task.IsTerminal || active == 0, "Ended with active attempts");
            Require(task.IsTerminal || task.State == TaskState.Publishing || active > 0, "Nothing will ever end it");
            Require(task.State != TaskState.Running || task.Attempts.Any(a => a.State == AttemptState.Running || a.Number >= task.RoundStart), "Running without an attempt");
            Require((task.State == TaskState.Paused) == (active > 0 && task.Attempts.All(a => a.State is not (AttemptState.Queued or AttemptState.Running))), "Paused and not paused");
            Require(!task.PauseRequested || task.Attempts.All(a => a.State != AttemptState.Queued), "Queued in spite of the pause");
            Require(task.State != TaskState.Paused || task.PauseRequested || task.Attempts.Any(a => a is { State: AttemptState.Paused, PlanState: PlanState.Waiting }), "Nobody can wake it");
            Require(task.IsTerminal == task.FinishedAt.HasValue, "The end has no time");
            var chosenWhileOthersStop = task.State == TaskState.Running && task.Attempts.All(a => a.State != AttemptState.Running || a.StopReason is not null);
            Require((task.State is TaskState.Publishing or TaskState.Succeeded) == (task.WinningAttemptId is not null) || task.State == TaskState.Failed || chosenWhileOthersStop, "Winner without a win");
            Require(task.WinningAttemptId is null || task.Attempts.Any(a => a.Id == task.WinningAttemptId && a.Verified && a.Number >= task.RoundStart), "The winner is not verified");
            Require(task.State != TaskState.NoChange || !task.Attempts.Any(a => a.Number >= task.RoundStart && a.Verified), "A verified patch was passed over");

            var ends = task.NewEvents.Reverse().TakeWhile(e => e.Type is not (TaskEventTypes.TaskRetried or TaskEventTypes.AttemptChosen)).Count(e => e.Type == TaskEventTypes.TaskFinished);
            Require(ends == (task.IsTerminal ? 1 : 0), "task_finished is not there exactly once");
            foreach (var attempt in task.Attempts)
            {
                var finished = attempt.State is not (AttemptState.Queued or AttemptState.Running or AttemptState.Paused);
                Require(task.NewEvents.Count(e => e.Type == TaskEventTypes.AttemptFinished && e.Attempt == attempt.Number) == (finished ? 1 : 0), $"The log does not tell the end of attempt {attempt.Number} once");
                var asked = task.NewMessages.OfType<RunAttempt>().Count(m => m.AttemptId == attempt.Id);
                Require(asked > attempt.Epoch || attempt.State != AttemptState.Queued, "A waiting attempt has no message");
            }
        }

        private void Require(bool holds, string problem)
        {
            if (!holds)
            {
                Assert.Fail($"{problem}: {Story}");
            }
        }

        private string Story => $"seed {seed}: {string.Join(", ", steps)}; now {task.State}";

        private void Operate()
        {
            var attempt = task.Attempts[random.Next(task.Attempts.Count)];
            switch (random.Next(17))
            {
                case < 4:
                    steps.Add($"claim {attempt.Number}");
                    if (task.Claim(attempt.Id, "w", now, TimeSpan.FromSeconds(20)) is { } lease)
                    {
                        leases.Add(lease);
                    }

                    break;
                case < 6 when leases.Count > 0:
                    var held = leases[random.Next(leases.Count)];
                    var outcome = Ends[random.Next(Ends.Length)];
                    steps.Add($"finish {held.Epoch} {outcome}");
                    task.FinishAttempt(held, new AttemptOutcome(outcome, "r"), now);
                    break;
                case 6 when leases.Count > 0:
                    steps.Add("record");
                    task.Record(leases[random.Next(leases.Count)], new AttemptReport(TaskEventTypes.Progressed, "p") { CandidatesTried = random.Next(100) });
                    break;
                case 7:
                    steps.Add($"rescue {attempt.Number}");
                    task.Rescue(attempt.Id, now);
                    break;
                case 8 when leases.Count > 0:
                    steps.Add("release");
                    task.Release(leases[random.Next(leases.Count)], now);
                    break;
                case 9 when random.Next(3) == 0:
                    steps.Add("cancel");
                    task.RequestCancel(now);
                    break;
                case 10:
                    steps.Add("retry");
                    task.Retry();
                    break;
                case 11:
                    steps.Add("open");
                    task.OpenPullRequest(TaskServices.PullRequest(task.Id), now);
                    break;
                case 12:
                    steps.Add($"choose {attempt.Number}");
                    task.Choose(attempt.Number, now);
                    break;
                case > 13:
                    Steer();
                    break;
                default:
                    OperateOnPullRequest();
                    break;
            }
        }

        private void Steer()
        {
            switch (random.Next(7))
            {
                case 0:
                    steps.Add("pause");
                    task.RequestPause(now);
                    break;
                case 1:
                    steps.Add("resume");
                    task.Resume(now);
                    break;
                case 2:
                    steps.Add("say");
                    task.SendMessage("m", random.Next(2) == 0 ? null : random.Next(1, 4), now);
                    break;
                case 3:
                    steps.Add("approve");
                    task.ApproveProposedPlan(new ApprovePlanRequest(), now);
                    break;
                case 4 when leases.Count > 0:
                    steps.Add("refuse pause");
                    task.RefusePause(leases[random.Next(leases.Count)], "r", now);
                    break;
                case > 4 when leases.Count > 0:
                    steps.Add("park");
                    task.Park(leases[random.Next(leases.Count)], new AttemptParking(random.Next(2) == 0 ? null : "p", task.MessageCount, TimeSpan.Zero), now);
                    break;
                default:
                    steps.Add("nothing");
                    break;
            }
        }

        private void OperateOnPullRequest()
        {
            switch (random.Next(5))
            {
                case 0:
                    steps.Add("fail publishing");
                    task.FailPublishing("r", now);
                    break;
                case 1:
                    steps.Add("merge");
                    task.RequestMerge(now);
                    break;
                case 2:
                    steps.Add("merged");
                    task.Merged("c", now);
                    break;
                case 3:
                    steps.Add("refuse");
                    task.RefuseMerge("r");
                    break;
                default:
                    steps.Add("close");
                    task.ClosePullRequest(now);
                    break;
            }
        }
    }
}
