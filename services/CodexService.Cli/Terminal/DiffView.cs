using System.Globalization;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace CodexService.Cli.Terminal;

/// <summary>Shows a unified diff: coloured with line numbers on a terminal, untouched elsewhere.</summary>
internal static partial class DiffView
{
    public static void Write(Screen screen, string patch)
    {
        if (!screen.IsTerminal)
        {
            screen.Writer.Write(patch);
            if (patch.Length > 0 && patch[^1] != '\n')
            {
                screen.Writer.WriteLine();
            }

            return;
        }

        int before = 0, after = 0;
        var inHunk = false;
        foreach (var raw in patch.TrimEnd('\n').Split('\n'))
        {
            // What an untrusted tree holds may hold escape codes; a terminal must not obey them.
            var line = Words.Printable(raw.TrimEnd('\r').Replace("\t", "    ", StringComparison.Ordinal));
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                inHunk = false;
                screen.Line($"[bold]{Markup.Escape(FileOf(line))}[/]");
            }
            else if (HunkHeader().Match(line) is { Success: true } hunk)
            {
                inHunk = true;
                before = int.Parse(hunk.Groups[1].Value, CultureInfo.InvariantCulture);
                after = int.Parse(hunk.Groups[2].Value, CultureInfo.InvariantCulture);
                screen.Line($"[blue]{Markup.Escape($"      ⋯ {hunk.Groups[3].Value.Trim()}".TrimEnd())}[/]");
            }
            else if (inHunk)
            {
                WriteHunkLine(screen, line, ref before, ref after);
            }
            else if (Noteworthy(line))
            {
                screen.Line($"[grey]      {Markup.Escape(line)}[/]");
            }
        }
    }

    /// <summary>Files touched, lines added, lines removed.</summary>
    public static (int Files, int Added, int Removed) Count(string patch)
    {
        int files = 0, added = 0, removed = 0;
        var inHunk = false;
        foreach (var line in patch.Split('\n'))
        {
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                files++;
                inHunk = false;
            }
            else if (line.StartsWith("@@ ", StringComparison.Ordinal))
            {
                inHunk = true;
            }
            else if (inHunk)
            {
                added += line.StartsWith('+') ? 1 : 0;
                removed += line.StartsWith('-') ? 1 : 0;
            }
        }

        return (files, added, removed);
    }

    private static void WriteHunkLine(Screen screen, string line, ref int before, ref int after)
    {
        switch (line.Length == 0 ? ' ' : line[0])
        {
            case '+':
                screen.Line($"[green]{after,5} {Markup.Escape(line)}[/]");
                after++;
                break;
            case '-':
                screen.Line($"[red]{before,5} {Markup.Escape(line)}[/]");
                before++;
                break;
            case '\\':
                screen.Line($"[grey]      {Markup.Escape(line)}[/]");
                break;
            default:
                screen.Line($"[grey]{after,5}[/] {Markup.Escape(line)}");
                before++;
                after++;
                break;
        }
    }

    private static bool Noteworthy(string line) =>
        line.StartsWith("new file", StringComparison.Ordinal)
        || line.StartsWith("deleted file", StringComparison.Ordinal)
        || line.StartsWith("rename ", StringComparison.Ordinal)
        || line.StartsWith("old mode", StringComparison.Ordinal)
        || line.StartsWith("new mode", StringComparison.Ordinal)
        || line.StartsWith("GIT binary patch", StringComparison.Ordinal)
        || line.StartsWith("Binary files", StringComparison.Ordinal);

    private static string FileOf(string header)
    {
        var b = header.LastIndexOf(" b/", StringComparison.Ordinal);
        return b < 0 ? header["diff --git ".Length..] : header[(b + 3)..];
    }

    [GeneratedRegex(@"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$")]
    private static partial Regex HunkHeader();
}
