using System.Security.Claims;

namespace CodexService.Api.Access;

internal static class TokenNameExtensions
{
    /// <summary>Name of the access token that the request carries: who asks.</summary>
    public static string TokenName(this ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Name) ?? "";
}
