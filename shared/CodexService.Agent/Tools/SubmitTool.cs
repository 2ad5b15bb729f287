namespace CodexService.Agent.Tools;

/// <summary><c>submit</c>: ends the work. What is most likely an oversight is refused once, then accepted.</summary>
internal sealed class SubmitTool(ToolProgram program, WorkProgress progress, bool hasTests) : AgentTool(
    "submit",
    "Ends the work: the change is complete and tested.",
    """{"title": "Fix rounding of totals", "summary": "What was wrong and what was changed."}""",
    new ToolParameter("title", ToolParameterType.String, "One imperative line for the commit.", true, "subject", "name"),
    new ToolParameter("summary", ToolParameterType.String, "What was wrong and what was changed, in Markdown.", true, "description", "body", "message"))
{
    private const int LongestTitle = 100;
    private bool _warnedOfEmpty;
    private bool _warnedOfTests;

    /// <inheritdoc/>
    protected override async Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var title = UntrustedText.Line(arguments.Text("title"), LongestTitle);
        if (title.Length == 0)
        {
            return new ToolOutcome("submit: \"title\" is empty. Give one imperative line, for example \"Fix rounding of totals\".", IsError: true);
        }

        if (await RefuseAsync(cancellationToken) is { } refusal)
        {
            return new ToolOutcome(refusal, IsError: true);
        }

        return new ToolOutcome($"Submitted: {title}")
        {
            Submission = new Submission(title, UntrustedText.Clean(arguments.Text("summary"), out _)),
        };
    }

    private async Task<string?> RefuseAsync(CancellationToken cancellationToken)
    {
        var tree = await program.FingerprintAsync(cancellationToken);
        if (tree is not null && tree == program.BaseTree)
        {
            var warned = _warnedOfEmpty;
            _warnedOfEmpty = true;
            return warned ? null : "Nothing was changed yet, so there is nothing to submit. Make the change, or call submit again to end without one.";
        }

        var untested = !progress.TestsRan
            || (tree is not null && progress.TestedTree is not null ? tree != progress.TestedTree : progress.EditedSinceTests);
        if (!hasTests || !untested || _warnedOfTests)
        {
            return null;
        }

        _warnedOfTests = true;
        return $"{(progress.TestsRan ? "Files changed after the last run of the tests." : "The tests were not run.")} "
            + "Call run_tests first; or call submit again to end anyway.";
    }
}
