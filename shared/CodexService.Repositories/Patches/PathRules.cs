using System.Globalization;

namespace CodexService.Repositories.Patches;

/// <summary>
/// Which paths a patch may touch. Judged by what any file system may take a name for: case-insensitive ones, Windows
/// (trailing dots and spaces, short names, streams, backslashes) and HFS+ (invisible characters).
/// </summary>
internal static class PathRules
{
    private const int MaxPathLength = 4096;

    // The places where GitHub looks for it.
    private static readonly string[] CodeOwners = ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"];

    private static readonly string[] AllowedGitNames = [".gitignore", ".gitkeep", ".github"];

    /// <summary>The broken rule, or <see langword="null"/> when the path is fine.</summary>
    public static PatchViolation? Check(string path)
    {
        if (path.Length is 0 or > MaxPathLength || path.Contains('\0', StringComparison.Ordinal))
        {
            return new PatchViolation(PatchRule.PathInside, path, $"a path of {path.Length} characters is not valid");
        }

        if (path[0] == '/' || path[0] == '\\' || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0])))
        {
            return new PatchViolation(PatchRule.PathInside, path, $"'{Show(path)}' is an absolute path; a patch stays inside the repository");
        }

        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..")
            {
                return new PatchViolation(PatchRule.PathInside, path, $"'{Show(path)}' leaves the repository or is not normalised");
            }
        }

        foreach (var part in path.Split('/', '\\'))
        {
            if (part == "..")
            {
                return new PatchViolation(PatchRule.PathInside, path, $"'{Show(path)}' leaves the repository where '\\' separates folders");
            }

            if (IsGitName(part))
            {
                return new PatchViolation(
                    PatchRule.NoGitFiles,
                    path,
                    $"'{Show(path)}' is one of git's own files; only {string.Join(", ", AllowedGitNames)} may be changed");
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a person must look at this path before it is merged: it runs with the repository's own rights, says what this service
    /// may do, or who has to review.
    /// </summary>
    public static bool IsHeld(string path) =>
        path.StartsWith(".github/workflows/", StringComparison.OrdinalIgnoreCase) ||
        path.StartsWith(".github/actions/", StringComparison.OrdinalIgnoreCase) ||
        path.StartsWith(".codex/", StringComparison.OrdinalIgnoreCase) ||
        CodeOwners.Contains(path, StringComparer.OrdinalIgnoreCase);

    /// <summary>A path as text for one line.</summary>
    public static string Show(string path)
    {
        var clean = string.Concat(path.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c));
        return clean.Length <= 200 ? clean : clean[..200] + "…";
    }

    private static bool IsGitName(string part)
    {
        if (AllowedGitNames.Contains(part, StringComparer.Ordinal))
        {
            return false;
        }

        var visible = string.Concat(part.Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.Format));
        var stream = visible.IndexOf(':', StringComparison.Ordinal);
        var name = (stream >= 0 ? visible[..stream] : visible).TrimEnd('.', ' ').ToLowerInvariant();
        return name.StartsWith(".git", StringComparison.Ordinal)
            || (name.StartsWith("git~", StringComparison.Ordinal) && name.Length > 4 && name.AsSpan(4).IndexOfAnyExceptInRange('0', '9') < 0);
    }
}
