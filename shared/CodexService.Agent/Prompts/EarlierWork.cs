using System.Text;
using CodexService.Agent.Instructions;
using CodexService.Agent.Tools;

namespace CodexService.Agent.Prompts;

/// <summary>What was asked and done before a follow-up. It is told from what is stored, without asking a model.</summary>
/// <param name="Rounds">The earlier prompts with what came of them, oldest first.</param>
/// <param name="IsInFiles">Whether the work is in the files already; else nothing was kept of it.</param>
public sealed record EarlierWork(IReadOnlyList<EarlierPrompt> Rounds, bool IsInFiles)
{
    private const int LongestPrompt = 1500;
    private const int LongestOldPrompt = 300;
    private const int LongestSummary = 1500;
    private const int LongestPlan = 800;
    private const int LongestLine = 300;
    private const int MostFiles = 30;
    private const int MostTests = 15;

    // Of many follow-ups the first and the newest say most.
    private const int MostOldRounds = 6;

    /// <summary>
    /// The summary for the first prompt. What people asked is told as it is; what models and tests said stands between the markers
    /// of data. Only the newest round is told whole.
    /// </summary>
    internal string Render(DataBlock block, bool brief)
    {
        if (Rounds.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder($"# Earlier work\nThe task goes on from earlier work on the same repository, which {(IsInFiles ? "is in the files already" : "left nothing in the files")}. Do only what the task above asks now.\n");
        var old = Rounds.SkipLast(1).ToList();
        foreach (var (round, i) in old.Select((round, i) => (round, i)))
        {
            if (i > 0 && i < old.Count - MostOldRounds + 1)
            {
                continue;
            }

            text.Append($"- Asked before: {Line(round.Prompt, LongestOldPrompt)}\n  How it ended: {block.Wrap(Line(round.Outcome, LongestLine))}\n");
        }

        var last = Rounds[^1];
        text.Append($"- Asked last: {Cut(UntrustedText.Clean(last.Prompt).Trim(), brief ? LongestOldPrompt : LongestPrompt)}\n- What came of it:\n");
        var told = new StringBuilder($"Outcome: {Line(last.Outcome, LongestLine)}\n");
        Append(told, "Files changed", last.Files, MostFiles);
        Append(told, "Tests that failed with the change", last.FailingTests, MostTests);
        if (!brief)
        {
            told.Append(last.Plan is null ? "" : $"Plan:\n{Cut(last.Plan.Trim(), LongestPlan)}\n");
            told.Append(last.Summary.Length == 0 ? "" : $"Summary:\n{Cut(last.Summary.Trim(), LongestSummary)}\n");
        }

        return text.Append(block.Wrap(told.ToString())).Append('\n').ToString();
    }

    private static void Append(StringBuilder text, string heading, IReadOnlyList<string> items, int most)
    {
        if (items.Count > 0)
        {
            text.Append($"{heading}: {string.Join(", ", items.Take(most).Select(item => Line(item, LongestLine)))}{(items.Count > most ? $" and {items.Count - most} more" : "")}\n");
        }
    }

    private static string Line(string text, int most) => Context.CallText.OneLine(UntrustedText.Clean(text), most);

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)]}…";
}

/// <summary>An earlier prompt and what came of it.</summary>
/// <param name="Prompt">What the person asked.</param>
/// <param name="Outcome">How the work ended, one line.</param>
/// <param name="Files">Files that it changed.</param>
/// <param name="FailingTests">Tests that failed with its change.</param>
/// <param name="Plan">Its plan, when it kept one.</param>
/// <param name="Summary">What the brain said about it; empty when nothing.</param>
public sealed record EarlierPrompt(
    string Prompt,
    string Outcome,
    IReadOnlyList<string> Files,
    IReadOnlyList<string> FailingTests,
    string? Plan,
    string Summary);
