using System.Text.Json;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>What is known about a running task from its events. Thread-safe.</summary>
internal sealed class TaskProgress(TaskDetail task)
{
    private readonly Lock gate = new();
    private readonly List<StageProgress> stages = [];
    private int candidates = task.Summary.CandidatesTried;
    private string waiting = "waits for a worker";

    public string Title { get; } = task.Summary.Title;

    public DateTimeOffset CreatedAt { get; } = task.Summary.CreatedAt;

    public bool HasManyAttempts { get; } = task.Attempts.Count > 1;

    /// <summary>How it ended, once it has.</summary>
    public TaskState? Ended { get; private set; }

    public void Apply(TaskEventInfo item)
    {
        lock (gate)
        {
            var stage = Text(item, "stage");
            switch (item.Type)
            {
                case TaskEventTypes.StageStarted when stage is not null:
                    Close(item.Attempt, item.At);
                    stages.Add(new StageProgress(item.Attempt, stage, item.At, null, item.Message));
                    break;
                case TaskEventTypes.Progressed:
                case TaskEventTypes.TurnFinished:
                case TaskEventTypes.CommandFinished:
                case TaskEventTypes.PatchVerified:
                case TaskEventTypes.PatchRefuted:
                    Note(item);
                    break;
                case TaskEventTypes.AttemptClaimed:
                    waiting = "starts";
                    break;
                case TaskEventTypes.AttemptRescued:
                case TaskEventTypes.AttemptFinished:
                case TaskEventTypes.Paused:
                case TaskEventTypes.PlanProposed:
                    Close(item.Attempt, item.At);
                    waiting = item.Message;
                    break;
                case TaskEventTypes.Resumed:
                case TaskEventTypes.PlanApproved:
                    waiting = "waits for a worker";
                    break;
                case TaskEventTypes.TaskRetried:
                    Ended = null;
                    break;
                case TaskEventTypes.TaskFinished:
                    CloseAll(item.At);
                    Ended = Enum.TryParse<TaskState>(Text(item, "state")?.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true, out var state)
                        ? state
                        : TaskState.Failed;
                    break;
            }

            candidates = Math.Max(candidates, Number(item, "candidates"));
        }
    }

    public (IReadOnlyList<StageProgress> Stages, int Candidates, string Waiting) Snapshot()
    {
        lock (gate)
        {
            return ([.. stages], candidates, waiting);
        }
    }

    private void Note(TaskEventInfo item)
    {
        var index = stages.FindLastIndex(stage => stage.Attempt == item.Attempt && stage.EndedAt is null);
        if (index >= 0)
        {
            stages[index] = stages[index] with { Message = item.Message };
        }
    }

    private void Close(int? attempt, DateTimeOffset at)
    {
        var index = stages.FindLastIndex(stage => stage.Attempt == attempt && stage.EndedAt is null);
        if (index >= 0)
        {
            stages[index] = stages[index] with { EndedAt = at };
        }
    }

    private void CloseAll(DateTimeOffset at)
    {
        for (var i = 0; i < stages.Count; i++)
        {
            stages[i] = stages[i] with { EndedAt = stages[i].EndedAt ?? at };
        }
    }

    private static string? Text(TaskEventInfo item, string name) =>
        item.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int Number(TaskEventInfo item, string name) =>
        item.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) && value.TryGetInt32(out var number)
            ? number
            : 0;
}

/// <summary>One stage of one attempt.</summary>
internal sealed record StageProgress(int? Attempt, string Name, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Message);
