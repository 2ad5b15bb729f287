using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests.Attempts;

public sealed class AttemptVariantTests
{
    [Fact]
    public void Of_SeveralModels_AreTakenInTurn() => Assert.Equal(
        [new(BrainChoice.Model, "a"), new(BrainChoice.Model, "b"), new(BrainChoice.Model, "a"), new(BrainChoice.Model, "b"), new(BrainChoice.Model, "a")],
        AttemptVariant.Of(TaskServices.Submission(5) with { Brain = BrainChoice.Model, Models = ["a", "b"] }));

    [Fact]
    public void Of_BothBrains_TheFirstRepairsAndTheOthersTakeTheModels() => Assert.Equal(
        [new(BrainChoice.Repair, null), new(BrainChoice.Model, "a"), new(BrainChoice.Model, "b"), new(BrainChoice.Model, "a")],
        AttemptVariant.Of(TaskServices.Submission(4) with { Brain = BrainChoice.Both, Models = ["a", "b"] }));

    [Fact]
    public void Of_OneModelOrNone_IsThatOfAll()
    {
        Assert.Equal([new(BrainChoice.Auto, "a"), new(BrainChoice.Auto, "a")], AttemptVariant.Of(TaskServices.Submission(2) with { Model = "a" }));
        Assert.Equal([new(BrainChoice.Repair, null)], AttemptVariant.Of(TaskServices.Submission() with { Brain = BrainChoice.Repair }));
        Assert.Equal([new(BrainChoice.Repair, null), new(BrainChoice.Model, null)], AttemptVariant.Of(TaskServices.Submission(2) with { Brain = BrainChoice.Both }));
    }

    [Fact]
    public void Retry_SeveralAttempts_HasTheirBrainsAndModelsAgain()
    {
        var task = CodingTask.Submit(TaskServices.Submission(3) with { Brain = BrainChoice.Both, Models = ["a", "b"] });
        for (var i = 0; i < 3; i++)
        {
            task.FinishAttempt(Claim(task, i), Outcome(AttemptState.NoChange), Now);
        }

        task.Retry();
        Assert.Equal((6, 4), (task.Attempts.Count, task.RoundStart));
        Assert.Equal(task.Attempts.Take(3).Select(attempt => attempt.Variant), task.Attempts.Skip(3).Select(attempt => attempt.Variant));
    }
}
