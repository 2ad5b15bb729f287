namespace CodexService.Agent.Tools;

/// <summary>
/// <c>submit</c> for a question: ends the work with the answer. Places that the repository does not have are sent back twice
/// for correction; then the answer is taken and they are marked.
/// </summary>
internal sealed class AnswerTool(ReferenceCheck check) : AgentTool(
    "submit",
    "Ends the work with your answer. References such as src/app.py:12 are checked against the files.",
    """{"answer": "Totals are rounded in `src/app.py:12`."}""",
    new ToolParameter("answer", ToolParameterType.String, "The answer in Markdown, with references like path/to/file.py:12.", true, "summary", "text", "description", "body", "message"))
{
    private const int MostCorrections = 2;
    private const int MostListed = 10;
    private int _corrections;

    /// <inheritdoc/>
    protected override async Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var answer = UntrustedText.Clean(arguments.Text("answer")).Trim();
        if (answer.Length == 0)
        {
            return new ToolOutcome("submit: \"answer\" is empty. Give the answer in Markdown.", IsError: true);
        }

        var references = await check.LookUpAsync(answer, cancellationToken);
        var wrong = references.Where(reference => !reference.Reference.Exists).ToList();
        if (wrong.Count > 0 && _corrections++ < MostCorrections)
        {
            var more = wrong.Count > MostListed ? $"\nand {wrong.Count - MostListed} more" : "";
            return new ToolOutcome(
                $"Not taken: these references are not in the repository at the base commit:\n{string.Join('\n', wrong.Take(MostListed).Select(each => $"- {each.What}"))}{more}\n"
                + "Look them up with search or view, correct them or leave them out, and call submit again.",
                IsError: true)
            {
                Line = $"submit: {wrong.Count} of {references.Count} references are not in the repository",
            };
        }

        return new ToolOutcome($"Answered with {references.Count} reference{(references.Count == 1 ? "" : "s")}.")
        {
            Submission = new Submission("", answer) { References = [.. references.Select(each => each.Reference)] },
        };
    }
}
