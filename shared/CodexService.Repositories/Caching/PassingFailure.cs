namespace CodexService.Repositories.Caching;

/// <summary>Tells what passes by itself from what a person has to put right, by what git says of a remote.</summary>
internal static class PassingFailure
{
    // Connections and answers that broke off, servers that are not well, names that a resolver could not look up at this moment.
    private static readonly string[] Signs =
    [
        "hung up", "early EOF", "connection reset", "connection refused", "connection timed out", "connection was", "operation timed out", "failed to connect", "couldn't connect",
        "could not resolve", "network is unreachable", "no route to host", "RPC failed", "returned error: 5", "returned error: 429", "empty reply", "unexpected disconnect", "after ref listing", "recv failure", "SSL_read",
    ];

    /// <summary>Whether the same call can succeed later without anybody doing anything.</summary>
    /// <param name="errorLine">What git wrote.</param>
    public static bool Is(string errorLine) => Array.Exists(Signs, sign => errorLine.Contains(sign, StringComparison.OrdinalIgnoreCase));
}
