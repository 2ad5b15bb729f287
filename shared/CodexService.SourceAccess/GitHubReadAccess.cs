using CodexService.Contracts.Messages;
using CodexService.GitHub.Configuration;
using CodexService.Repositories;
using CodexService.Repositories.Git;
using CodexService.Tasks.GitHubLink;
using MassTransit;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace CodexService.SourceAccess;

/// <summary>
/// Lets workers and the API clone private repositories of GitHub without credentials of their own: a configured read token,
/// else a token from the pull-request service that reads one repository for an hour. Thread-safe.
/// </summary>
/// <param name="host">GitHub's own web address.</param>
/// <param name="token"><c>CODEX_GITHUB_READ_TOKEN</c>.</param>
/// <param name="links">Says whether an App is connected.</param>
/// <param name="bus">Way to the pull-request service.</param>
/// <param name="patience">How long it may take to answer.</param>
/// <param name="cache">Remembers tokens.</param>
/// <param name="logger">Log; never told a token.</param>
internal sealed partial class GitHubReadAccess(Uri host, string? token, GitHubLinks links, IBus bus, TimeSpan patience, IMemoryCache cache, ILogger<GitHubReadAccess> logger) : IReadCredentials
{
    // Tokens live for an hour; a long clone begins with enough of it left.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan NothingRemembered = TimeSpan.FromMinutes(1);

    // Long enough that listing and fetching, which follow each other, do not both wait; shorter than the pause before a checkout is tried again.
    private static readonly TimeSpan TroubleRemembered = TimeSpan.FromSeconds(2);

    public async ValueTask<ReadAccess> FindAsync(RepositoryAddress address, CancellationToken cancellationToken)
    {
        // Over SSH a token is of no use.
        if (!address.Value.StartsWith(host.Scheme, StringComparison.Ordinal) || GitHubHost.NameOf(host, address.Value) is not { } repository)
        {
            return ReadAccess.None;
        }

        if (token is not null)
        {
            return new ReadAccess(token);
        }

        var key = (typeof(GitHubReadAccess), repository);
        if (!cache.TryGetValue(key, out ReadAccess? found))
        {
            found = await AskAsync(repository.ToString(), cancellationToken);
            cache.Set(key, found, found switch
            {
                { Token: not null } => Remembered,
                { Missing: not null } => TroubleRemembered,
                _ => NothingRemembered,
            });
        }

        return found!;
    }

    private async Task<ReadAccess> AskAsync(string repository, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(cancellationToken) is not { Kind: "app" })
        {
            return ReadAccess.None;
        }

        try
        {
            var client = bus.CreateRequestClient<MintReadToken>(patience);
            var answer = (await client.GetResponse<ReadTokenMinted>(new MintReadToken(repository), cancellationToken)).Message;
            if (answer.Passing is { } reason)
            {
                LogNone(repository, reason);
            }

            return new ReadAccess(answer.Token) { Missing = answer.Passing };
        }
        catch (Exception e) when (e is RequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // A public repository needs none. Of a private one git would only say that it was not let in.
            LogNoAnswer(repository, patience);
            return ReadAccess.None with { Missing = $"the pull-request service, which makes tokens, did not answer within {patience.TotalSeconds:0} s" };
        }
    }

    [LoggerMessage(LogLevel.Warning, "There is no token to read {Repository} at this moment ({Reason}); it is cloned without one")]
    private partial void LogNone(string repository, string reason);

    [LoggerMessage(LogLevel.Warning, "No token to read {Repository} came from the pull-request service within {Patience}; it is cloned without one")]
    private partial void LogNoAnswer(string repository, TimeSpan patience);
}
