using CodexService.Agent;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;

namespace CodexService.Worker.Attempts;

/// <summary>Turns what a brain reports into events: each new stage, and progress within it.</summary>
internal sealed class BrainReporter(AttemptWork work) : IProgress<BrainProgress>
{
    private readonly Lock gate = new();
    private string stage = "";

    public void Report(BrainProgress value)
    {
        bool isNew;
        lock (gate)
        {
            isNew = value.Stage != stage;
            stage = value.Stage;
        }

        if (value.Usage is { } usage)
        {
            work.Journal.Write(new AttemptReport(TaskEventTypes.TurnFinished, value.Message)
            {
                Stage = value.Stage,
                Usage = new TokenUsage(usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.Cost),
                Data = value.Data,
            });
        }
        else if (isNew || value.Temperature is not null)
        {
            work.Journal.StartStage(value.Stage, value.Message, new("", "") { CandidatesTried = value.CandidatesTried, Temperature = value.Temperature });
        }
        else if (value.IsNotice)
        {
            work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, value.Message) { Stage = value.Stage, Data = new { stage = value.Stage } });
        }
        else
        {
            work.Journal.Progress(value.Stage, value.Message, value.CandidatesTried, value.Data);
        }
    }
}

/// <summary>Reports on the caller's thread; <see cref="Progress{T}"/> would post to the pool and lose the order.</summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
