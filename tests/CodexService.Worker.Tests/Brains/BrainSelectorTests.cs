using CodexService.Agent;
using CodexService.Contracts.Api;
using CodexService.Tasks.Workers;
using CodexService.Worker.Brains;

namespace CodexService.Worker.Tests.Brains;

public sealed class BrainSelectorTests
{
    [Theory]
    [InlineData(TaskKind.Change, BrainChoice.Auto, null, "repair", "model", "repair")]
    [InlineData(TaskKind.Change, BrainChoice.Repair, null, "repair", "repair", "repair")]
    [InlineData(TaskKind.Change, BrainChoice.Model, null, null, "model", "model")]
    [InlineData(TaskKind.Change, BrainChoice.Auto, "small", null, "model", null)]
    [InlineData(TaskKind.Ask, BrainChoice.Auto, null, null, "model", "model")]
    [InlineData(TaskKind.Review, BrainChoice.Auto, null, "repair", "model", "repair")]
    [InlineData(TaskKind.Review, BrainChoice.Model, null, null, "model", "model")]
    [InlineData(TaskKind.Review, BrainChoice.Auto, "small", null, "model", "model")]
    [InlineData(TaskKind.Review, BrainChoice.Repair, null, "repair", "repair", "repair")]
    public void Select_EachWish_GetsItsBrainOrALine(TaskKind kind, BrainChoice brain, string? model, string? without, string? with, string? preferringRepair)
    {
        var wish = new BrainWish(kind, brain, model is null ? [] : [model], ApprovePlan: false);

        Check(without, new BrainSelector([new NamedBrain("repair")], new WorkerAbilities(PrefersRepair: false, [])));
        Check(with, new BrainSelector([new NamedBrain("repair"), new NamedBrain("model")], new WorkerAbilities(PrefersRepair: false, ["small"])));
        Check(preferringRepair, new BrainSelector([new NamedBrain("repair"), new NamedBrain("model")], new WorkerAbilities(PrefersRepair: true, ["small"])));

        void Check(string? expected, BrainSelector selector)
        {
            if (expected is null)
            {
                Assert.Throws<BrainException>(() => selector.Select(wish));
            }
            else
            {
                Assert.Equal(expected, selector.Select(wish).Name);
            }
        }
    }

    [Fact]
    public void RequireRepairable_NoPython_SaysThatAModelIsNeeded()
    {
        var selector = new BrainSelector([new NamedBrain("repair")], new WorkerAbilities(PrefersRepair: false, []));
        var wish = new BrainWish(TaskKind.Change, BrainChoice.Auto, [], ApprovePlan: false);

        var refused = Assert.Throws<BrainException>(() => selector.RequireRepairable(wish, hasPython: false, "npm test"));

        Assert.StartsWith("no model is configured, and without one only Python code can be worked on", refused.Message, StringComparison.Ordinal);
        selector.RequireRepairable(wish, hasPython: true, "npm test");
    }

    private sealed class NamedBrain(string name) : IBrain
    {
        public string Name => name;

        public Task<BrainResult> RunAsync(BrainContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
