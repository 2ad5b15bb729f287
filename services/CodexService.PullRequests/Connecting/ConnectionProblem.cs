using System.Globalization;
using System.Net;
using CodexService.GitHub;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Connecting;

/// <summary>Says in one line why GitHub does not take the credentials, and what a person has to change where.</summary>
public static class ConnectionProblem
{
    private const string TokenPermissions = "Contents, Issues, Pull requests and Commit statuses: read and write";

    /// <summary>Whether GitHub has not said what it thinks of the credentials, so that another try may bring another answer.</summary>
    internal static bool MayPass(GitHubException failure) => failure.IsPassing || !failure.IsAnswer;

    /// <summary>The line for what <paramref name="github"/> ended in when it was asked whose the credentials are.</summary>
    /// <param name="github">The way to GitHub.</param>
    /// <param name="failure">What it ended in.</param>
    /// <param name="expires">When the token ends, as far as GitHub has told.</param>
    /// <param name="now">The moment.</param>
    public static string Line(IGitHub github, GitHubException failure, DateTimeOffset? expires, DateTimeOffset now)
    {
        if (MayPass(failure))
        {
            return failure.Message;
        }

        var (host, from, said) = (GitHubHost.Of(github.ApiUrl), github.CredentialsFrom, $"{(int?)failure.Status}{(failure.Said is { } words ? $": {words}" : "")}");
        if (github.Access == GitHubAccess.Token)
        {
            var what = expires <= now ? string.Create(CultureInfo.InvariantCulture, $"the token in {from} expired on {expires:yyyy-MM-dd}")
                : failure.Failure == GitHubFailure.Credentials ? $"GitHub refuses the token in {from} ({said}): it is wrong, revoked or expired"
                : $"GitHub does not say whose token {from} holds ({said}): it has to be a person's";
            return $"{what}; make a fine-grained one at {new Uri(host, "settings/personal-access-tokens/new")} ({TokenPermissions}), put it into {from} and start the service again";
        }

        var app = failure switch
        {
            { Status: HttpStatusCode.NotFound } => $"GitHub does not know the App whose key is in {from} ({said}): it was deleted, or has another id",
            { Failure: GitHubFailure.Credentials } => $"GitHub refuses the App's key in {from} ({said}): it was revoked or is another App's, or this machine's clock is wrong",
            _ => $"GitHub does not let the App in whose key is in {from} ({said})",
        };
        return from == GitHubConfiguration.AppKeyName
            ? $"{app}; on the App's page below {new Uri(host, "settings/apps")} generate a private key, put it into {from}, the App's number into {GitHubConfiguration.AppIdName}, and start the service again"
            : $"{app}; delete that file and make an App on the dashboard's GitHub page";
    }
}
