using CodexService.Contracts.Api;
using CodexService.Tasks.AccessTokens;
using Microsoft.AspNetCore.Authentication;

namespace CodexService.Api.Access;

internal static class AccessEndpoints
{
    public static IServiceCollection AddTokenAccess(this IServiceCollection services)
    {
        services.AddMemoryCache();
        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorization();
        return services;
    }

    public static void MapSession(this RouteGroupBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("Session");
        session.MapGet("", () => TypedResults.NoContent()).WithSummary("Whether the caller is signed in.");
        session.MapPost("", SignInAsync).AllowAnonymous().WithSummary("Signs the dashboard in with an API token.");
        session.MapDelete("", SignOutAsync).WithSummary("Signs the dashboard out: its session ends.");
    }

    private static async Task<IResult> SignInAsync(SignInRequest request, HttpContext http, BrowserSessions sessions, CancellationToken cancellationToken)
    {
        if (await sessions.OpenAsync(request.Token?.Trim() ?? "", cancellationToken) is not { } session)
        {
            return Results.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "This token is not known here; it is shown once, at the first start of the service.");
        }

        http.Response.Cookies.Append(TokenAuthentication.CookieName, session, Options(http));
        return Results.NoContent();
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, BrowserSessions sessions, CancellationToken cancellationToken)
    {
        if (http.Request.Cookies[TokenAuthentication.CookieName] is { } session)
        {
            await sessions.EndAsync(session, cancellationToken);
        }

        http.Response.Cookies.Delete(TokenAuthentication.CookieName, Options(http));
        return Results.NoContent();
    }

    internal static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        IsEssential = true,
        MaxAge = BrowserSessions.Lifetime,
        Path = "/",
    };
}
