namespace CodexService.Repositories.Caching;

/// <summary>How a repository of this machine sends its objects.</summary>
internal static class LocalSender
{
    /// <summary>
    /// Options of <c>git fetch</c>. Compressing and searching for similar objects pays on a network; through a pipe it
    /// only costs: 300 MB of large files take 2.5 s of processor time instead of 50 s. What is packed already is sent as it is.
    /// </summary>
    public static IEnumerable<string> Arguments(RepositoryAddress address)
    {
        if (address.IsLocal)
        {
            yield return "--upload-pack=git -c pack.compression=0 -c pack.window=0 upload-pack";
        }
    }
}
