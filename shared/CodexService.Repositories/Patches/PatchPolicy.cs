using System.Text;

namespace CodexService.Repositories.Patches;

/// <summary>
/// The first gate for a patch that came out of a sandbox: it must be exactly what <c>git diff --binary --no-renames</c>
/// writes and break none of the <see cref="PatchRule"/>s. The second gate looks at the resulting tree when the branch is made.
/// </summary>
public static class PatchPolicy
{
    private const int MaxViolations = 100;

    /// <summary>Judges <paramref name="patch"/>, which is hostile input. An empty patch is allowed and changes nothing.</summary>
    public static PatchCheck Check(string patch, PatchLimits? limits = null)
    {
        limits ??= PatchLimits.Default;
        var bytes = Encoding.UTF8.GetByteCount(patch);
        if (bytes > limits.MaxBytes)
        {
            return new PatchCheck([], [new PatchViolation(PatchRule.Size, null, $"the patch has {bytes} bytes; at most {limits.MaxBytes} are allowed")], []);
        }

        var violations = new List<PatchViolation>();
        List<PatchSection> sections;
        try
        {
            sections = new PatchReader(patch, limits).ReadAll();
        }
        catch (FormatException e)
        {
            return new PatchCheck([], [new PatchViolation(PatchRule.WellFormed, null, $"the patch is not what git diff writes: {e.Message}")], []);
        }

        if (sections.Count > limits.MaxFiles)
        {
            violations.Add(new PatchViolation(PatchRule.Size, null, $"the patch changes {sections.Count} files; at most {limits.MaxFiles} are allowed"));
        }

        var seen = new Dictionary<string, FileChange>(StringComparer.Ordinal);
        foreach (var section in sections)
        {
            if (PathRules.Check(section.Path) is { } violation)
            {
                violations.Add(violation);
            }

            violations.AddRange(ModeRules.Check(section.Path, section.OldMode, section.NewMode, section.Change));
            if (section.ResultBytes > (ulong)limits.MaxFileBytes)
            {
                violations.Add(new PatchViolation(
                    PatchRule.Size, section.Path, $"'{PathRules.Show(section.Path)}' would have {section.ResultBytes} bytes; at most {limits.MaxFileBytes} are allowed"));
            }

            // A change of kind (a symlink becomes a file) is a deletion followed by an addition; nothing else comes twice.
            if (!seen.TryAdd(section.Path, section.Change) && !(seen[section.Path] == FileChange.Deleted && section.Change == FileChange.Added))
            {
                violations.Add(new PatchViolation(PatchRule.WellFormed, section.Path, $"'{PathRules.Show(section.Path)}' occurs twice in the patch"));
            }

            if (violations.Count > MaxViolations)
            {
                break;
            }
        }

        return new PatchCheck(
            [.. sections.Select(s => new PatchedFile(s.Path, s.Change, s.AddedLines, s.RemovedLines, s.Binary))],
            violations,
            [.. sections.Select(s => s.Path).Where(PathRules.IsHeld).Distinct(StringComparer.Ordinal)]);
    }
}
