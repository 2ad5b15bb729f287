using CodexService.Contracts.Api;
using CodexService.Tasks.Workers;

namespace CodexService.Tasks.Tests.Workers;

public sealed class BrainRulesTests
{
    private static readonly WorkerAbilities Nothing = new(PrefersRepair: false, []);
    private static readonly WorkerAbilities Small = new(PrefersRepair: false, ["small"]);
    private static readonly WorkerAbilities Repairing = new(PrefersRepair: true, ["small"]);

    [Theory]
    [InlineData(TaskKind.Ask, BrainChoice.Auto, null, false, "kind", "a question is answered by a model, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL (or OPENAI_API_KEY, or ANTHROPIC_API_KEY) where the worker runs")]
    [InlineData(TaskKind.Change, BrainChoice.Model, null, false, "brain", "the brain model asks a model, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    [InlineData(TaskKind.Change, BrainChoice.Both, null, false, "brain", "the brain both asks a model, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    [InlineData(TaskKind.Change, BrainChoice.Auto, "small", false, "model", "the model \"small\" is asked for, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    [InlineData(TaskKind.Change, BrainChoice.Auto, "a,b", false, "models", "the model \"a\" is asked for, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    [InlineData(TaskKind.Change, BrainChoice.Auto, null, true, "approve_plan", "a plan to approve is made by a model, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    [InlineData(TaskKind.Review, BrainChoice.Model, null, false, "brain", "the review asks for a model, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    [InlineData(TaskKind.Review, BrainChoice.Auto, "small", false, "model", "the review asks for a model, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL")]
    public void WhyNot_NeedsAModelAndThereIsNone_SaysWhatToDo(TaskKind kind, BrainChoice brain, string? models, bool plan, string field, string line)
    {
        var refusal = BrainRules.WhyNot(Wish(kind, brain, models, plan), Nothing);

        Assert.Equal(field, refusal?.Field);
        Assert.StartsWith(line, refusal?.Line, StringComparison.Ordinal);
        Assert.Null(BrainRules.WhyNot(Wish(kind, brain, models, plan), abilities: null));
    }

    [Theory]
    [InlineData(TaskKind.Change, BrainChoice.Auto)]
    [InlineData(TaskKind.Change, BrainChoice.Repair)]
    [InlineData(TaskKind.Review, BrainChoice.Auto)]
    [InlineData(TaskKind.Review, BrainChoice.Repair)]
    public void WhyNot_CanBeDoneWithout_IsTaken(TaskKind kind, BrainChoice brain) => Assert.Null(BrainRules.WhyNot(Wish(kind, brain), Nothing));

    [Theory]
    [InlineData(TaskKind.Change, BrainChoice.Auto, "large", "model")]
    [InlineData(TaskKind.Change, BrainChoice.Both, "large", "model")]
    [InlineData(TaskKind.Change, BrainChoice.Model, "small,large", "models")]
    [InlineData(TaskKind.Ask, BrainChoice.Auto, "large", "model")]
    [InlineData(TaskKind.Review, BrainChoice.Auto, "large", "model")]
    public void WhyNot_UnknownModel_NamesThoseThereAreToUsersAlone(TaskKind kind, BrainChoice brain, string models, string field) =>
        Assert.Equal(
            new BrainRefusal(field, "no model is called \"large\": name one that the service is configured with, or none") { LineForUsers = "no model is called \"large\": configured are small" },
            BrainRules.WhyNot(Wish(kind, brain, models), Small));

    [Fact]
    public void WhyNot_KnownModelInAnyCase_IsTaken() => Assert.Null(BrainRules.WhyNot(Wish(TaskKind.Change, BrainChoice.Auto, "SMALL", plan: true), Small));

    [Theory]
    [InlineData(BrainChoice.Repair, "small", false, "model", "the model \"small\" is asked for, and the repair brain asks none: submit with the brain model, or ask without the model")]
    [InlineData(BrainChoice.Repair, null, true, "approve_plan", "a plan to approve is made by a model, and the repair brain asks none: submit with the brain model, or ask without a plan")]
    [InlineData(BrainChoice.Auto, "small", false, "model", "the model \"small\" is asked for, and CODEX_BRAIN is repair where the worker runs: submit with the brain model, or ask without the model")]
    [InlineData(BrainChoice.Auto, null, true, "approve_plan", "a plan to approve is made by a model, and CODEX_BRAIN is repair where the worker runs: submit with the brain model, or ask without a plan")]
    public void WhyNot_RepairIsToDoWhatItCannot_SaysSo(BrainChoice brain, string? models, bool plan, string field, string line) =>
        Assert.Equal(new BrainRefusal(field, line), BrainRules.WhyNot(Wish(TaskKind.Change, brain, models, plan), Repairing));

    [Theory]
    [InlineData(false, "npm test", "this repository has no Python files")]
    [InlineData(false, "", "this repository has no Python files")]
    [InlineData(true, "dotnet test", "its test command, dotnet test, runs neither")]
    [InlineData(true, " go test ./... -run=TestPage/second ", "its test command, go test, runs neither")]
    [InlineData(true, "cargo test --workspace", "its test command, cargo test, runs neither")]
    public void WhyNotRepairable_NoModelAndNoPythonTests_SaysThatAModelIsNeeded(bool hasPython, string testCommand, string obstacle) => Assert.Equal(
        new BrainRefusal("repository", $"no model is configured, and without one only Python code can be worked on, by its failing pytest or unittest tests; {obstacle}: {BrainRules.HowToConfigure}"),
        BrainRules.WhyNotRepairable(Wish(TaskKind.Change, BrainChoice.Auto), Nothing, hasPython, testCommand));

    [Theory]
    [InlineData("python3 -m pytest -q")]
    [InlineData("make test")]
    [InlineData("npm test")]
    [InlineData("cargo build && python -m pytest")]
    [InlineData("cargo test && pytest")]
    [InlineData("cargo test & pytest")]
    [InlineData("cargo test; pytest")]
    [InlineData("cargo test | tee log")]
    [InlineData("cargo test\npytest")]
    [InlineData("go test $(pytest)")]
    [InlineData("go test `pytest`")]
    [InlineData("go build ./... && pytest")]
    [InlineData("npx tsc && pytest")]
    [InlineData("node run-pytest.js")]
    [InlineData("./gradlew test")]
    [InlineData("ctest --output-on-failure")]
    [InlineData("dotnet run --project build -- test")]
    [InlineData("cargo testing")]
    [InlineData("")]
    public void WhyNotRepairable_MayRunPythonTests_IsTriedOut(string testCommand) =>
        Assert.Null(BrainRules.WhyNotRepairable(Wish(TaskKind.Change, BrainChoice.Auto), Nothing, hasPython: true, testCommand));

    [Theory]
    [InlineData(BrainChoice.Repair, "the repair brain works on Python code alone")]
    [InlineData(BrainChoice.Auto, "CODEX_BRAIN is repair where the worker runs, which works on Python code alone")]
    public void WhyNotRepairable_ThereIsAModel_PointsToIt(BrainChoice brain, string line)
    {
        var refusal = BrainRules.WhyNotRepairable(Wish(TaskKind.Change, brain), Repairing, hasPython: false, "npm test");

        Assert.StartsWith(line, refusal?.Line, StringComparison.Ordinal);
        Assert.EndsWith("submit with the brain model", refusal?.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void IsRepairAlone_OnlyWhereNoModelIsAsked()
    {
        Assert.True(BrainRules.IsRepairAlone(Wish(TaskKind.Change, BrainChoice.Auto), Nothing));
        Assert.True(BrainRules.IsRepairAlone(Wish(TaskKind.Change, BrainChoice.Repair), Small));
        Assert.False(BrainRules.IsRepairAlone(Wish(TaskKind.Change, BrainChoice.Auto), Small));
        Assert.False(BrainRules.IsRepairAlone(Wish(TaskKind.Change, BrainChoice.Auto), abilities: null));
        Assert.False(BrainRules.IsRepairAlone(Wish(TaskKind.Change, BrainChoice.Both), Small));
        Assert.False(BrainRules.IsRepairAlone(Wish(TaskKind.Review, BrainChoice.Repair), Nothing));
    }

    private static BrainWish Wish(TaskKind kind, BrainChoice brain, string? models = null, bool plan = false) => new(kind, brain, models?.Split(',') ?? [], plan);
}
