using System.Runtime.CompilerServices;
using CodexService.Tasks.AccessTokens;

namespace CodexService.Api.Access;

/// <summary>Streams that were opened with the dashboard's session end with it: signing out counts for what is open already. Thread-safe.</summary>
internal sealed class SessionStreams(BrowserSessions sessions, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    /// <summary>The items while the caller is signed in; all of them for a caller with an API token.</summary>
    public IAsyncEnumerable<T> While<T>(HttpContext http, IAsyncEnumerable<T> items, CancellationToken cancellationToken) =>
        http.User.HasClaim(claim => claim.Type == TokenAuthentication.CookieClaim) && http.Request.Cookies[TokenAuthentication.CookieName] is { } session
            ? WhileAsync(items, async token => await sessions.FindNameAsync(session, token) is not null, time, cancellationToken)
            : items;

    /// <summary>The items up to the first one at which the session is found to be over, which is looked up once in two seconds.</summary>
    internal static async IAsyncEnumerable<T> WhileAsync<T>(
        IAsyncEnumerable<T> items, Func<CancellationToken, Task<bool>> isSignedIn, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var looked = time.GetTimestamp();
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            if (time.GetElapsedTime(looked) >= LookInterval)
            {
                looked = time.GetTimestamp();
                if (!await isSignedIn(cancellationToken))
                {
                    yield break;
                }
            }

            yield return item;
        }
    }
}
