namespace CodexService.Api.Access;

/// <summary>
/// Refuses state-changing requests that carry the session cookie without the header <c>X-Codex-Request</c>: another site
/// can make a browser send a cookie, but not this header.
/// </summary>
internal sealed class CookieRequestGuard : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        var byCookie = context.HttpContext.User.HasClaim(claim => claim.Type == TokenAuthentication.CookieClaim);
        return changes && byCookie && !request.Headers.ContainsKey("X-Codex-Request")
            ? Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: "A request that changes something with the session cookie needs the header \"X-Codex-Request: 1\".")
            : await next(context);
    }
}
