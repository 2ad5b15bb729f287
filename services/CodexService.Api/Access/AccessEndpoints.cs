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
        session.MapDelete("", SignOut).WithSummary("Signs the dashboard out.");
    }

    private static async Task<IResult> SignInAsync(SignInRequest request, HttpContext http, AccessTokenStore tokens, CancellationToken cancellationToken)
    {
        var token = request.Token?.Trim() ?? "";
        if (!await tokens.IsValidAsync(token, cancellationToken))
        {
            return Results.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "This token is not known here; it is shown once, at the first start of the service.");
        }

        http.Response.Cookies.Append(TokenAuthentication.CookieName, token, Options(http));
        return Results.NoContent();
    }

    private static IResult SignOut(HttpContext http)
    {
        http.Response.Cookies.Delete(TokenAuthentication.CookieName, Options(http));
        return Results.NoContent();
    }

    private static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        IsEssential = true,
        MaxAge = TimeSpan.FromDays(30),
        Path = "/",
    };
}
