namespace CodexService.Repositories.Publishing;

/// <summary>How a push is received by a repository of this machine.</summary>
internal static class LocalReceiver
{
    /// <summary>
    /// Options of <c>git push</c>. The repository's own hooks do not run: they would run with this service's rights.
    /// <c>updateInstead</c> also updates a checked-out branch's files, and refuses when any of them were changed.
    /// </summary>
    public static IEnumerable<string> Arguments(RepositoryAddress address, bool updateCheckout)
    {
        if (address.IsLocal)
        {
            yield return "--receive-pack=git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c receive.autoGc=false"
                + $" -c receive.denyCurrentBranch={(updateCheckout ? "updateInstead" : "refuse")} receive-pack";
        }
    }
}
