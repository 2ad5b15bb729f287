namespace CodexService.Repositories.Patches;

/// <summary>Which file modes a patch may use.</summary>
internal static class ModeRules
{
    /// <summary>The broken rules of one file. A mode is <see langword="null"/> where the file does not exist or the patch does not tell.</summary>
    public static IEnumerable<PatchViolation> Check(string path, string? oldMode, string? newMode, FileChange change)
    {
        var shown = PathRules.Show(path);
        if (oldMode == "160000" || newMode == "160000")
        {
            yield return new PatchViolation(PatchRule.NoSubmodule, path, $"'{shown}' is a submodule; a patch must not make, change or remove one");
            yield break;
        }

        if (newMode == "120000")
        {
            yield return new PatchViolation(PatchRule.NoSymlink, path, $"'{shown}' is a symlink; a patch must not make or change one");
            yield break;
        }

        if (newMode is not (null or "100644" or "100755"))
        {
            yield return new PatchViolation(PatchRule.NoModeChange, path, $"'{shown}' has the mode {newMode}; files have 100644 or 100755");
        }
        else if (change == FileChange.Modified && oldMode != newMode)
        {
            yield return new PatchViolation(PatchRule.NoModeChange, path, $"'{shown}' changes its mode from {oldMode} to {newMode}; modes of existing files must stay");
        }
    }
}
