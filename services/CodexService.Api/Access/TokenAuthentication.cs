using System.Security.Claims;
using System.Text.Encodings.Web;
using CodexService.Tasks.AccessTokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Access;

/// <summary>
/// Accepts an API token as <c>Authorization: Bearer</c>, or the dashboard's session from its cookie; neither counts in
/// the other's place. A valid token is remembered for 30 s, so that a request costs no query of its own; a session is
/// not, so that signing out counts at once.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessTokenStore tokens,
    BrowserSessions sessions,
    IMemoryCache cache) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Token";
    public const string CookieName = "codex_session";
    public const string CookieClaim = "cookie";

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var fromCookie = header.Length == 0;
        var secret = fromCookie
            ? Request.Cookies[CookieName]
            : header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
        if (string.IsNullOrEmpty(secret))
        {
            return AuthenticateResult.NoResult();
        }

        if ((fromCookie ? await sessions.FindNameAsync(secret, Context.RequestAborted) : await FindNameAsync(secret)) is not { } name)
        {
            return AuthenticateResult.Fail(fromCookie ? "The session is over." : "The token is not valid.");
        }

        var who = new Claim(ClaimTypes.Name, name);
        var identity = new ClaimsIdentity(fromCookie ? [who, new Claim(CookieClaim, "1")] : [who], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Results.Problem(
        statusCode: StatusCodes.Status401Unauthorized,
        title: "Sign in: send the API token as \"Authorization: Bearer …\", or open the dashboard's sign-in page.").ExecuteAsync(Context);

    private async Task<string?> FindNameAsync(string token)
    {
        // Keyed by the hash that string keys get in a dictionary of this process; nothing is written anywhere.
        if (cache.TryGetValue((nameof(TokenAuthentication), token), out string? known))
        {
            return known;
        }

        if (await tokens.FindNameAsync(token, Context.RequestAborted) is not { } name)
        {
            return null;
        }

        cache.Set((nameof(TokenAuthentication), token), name, Remembered);
        return name;
    }
}
