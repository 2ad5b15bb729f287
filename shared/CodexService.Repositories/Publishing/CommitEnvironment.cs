using System.Globalization;

namespace CodexService.Repositories.Publishing;

/// <summary>Fixes author, committer and dates of a commit, so that doing it again gives the same id.</summary>
internal static class CommitEnvironment
{
    public static IReadOnlyDictionary<string, string> Create(CommitIdentity identity, DateTimeOffset at)
    {
        var (name, email) = identity.Cleaned();
        var date = $"@{at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)} +0000";
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_AUTHOR_NAME"] = name,
            ["GIT_AUTHOR_EMAIL"] = email,
            ["GIT_AUTHOR_DATE"] = date,
            ["GIT_COMMITTER_NAME"] = name,
            ["GIT_COMMITTER_EMAIL"] = email,
            ["GIT_COMMITTER_DATE"] = date,
        };
    }
}
