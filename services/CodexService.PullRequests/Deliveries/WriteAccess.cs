using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Who may start work: asked live, and remembered for one delivery alone.</summary>
internal sealed class WriteAccess(IGitHubRepository repository)
{
    private readonly Dictionary<string, bool> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this person may write to the repository at this moment.</summary>
    public async ValueTask<bool> HasAsync(string login, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(login, out var has))
        {
            // GitHub answers "write" for maintain as well, and "read" for triage.
            known[login] = has = await repository.GetPermissionAsync(login, cancellationToken) is "admin" or "write" or "maintain";
        }

        return has;
    }
}
