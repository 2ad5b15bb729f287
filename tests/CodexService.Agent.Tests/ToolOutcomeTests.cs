using CodexService.Agent.Tools;

namespace CodexService.Agent.Tests;

public sealed class ToolOutcomeTests
{
    [Fact]
    public void Outcome_IsNoErrorAndChangesNothing_UnlessSaid()
    {
        var outcome = new ToolOutcome("done");

        Assert.False(outcome.IsError || outcome.ChangedFiles || outcome.Waited);
        Assert.Null(outcome.Submission);
    }
}
