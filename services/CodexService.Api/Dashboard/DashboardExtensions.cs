using CodexService.GitHub.Configuration;
using Microsoft.Extensions.FileProviders;

namespace CodexService.Api.Dashboard;

/// <summary>Serves the built single-page dashboard; every address that is not the API's is its start page.</summary>
internal static class DashboardExtensions
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self' ";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>Sets what keeps a browser safe on every answer, also on one that replaces a failed one.</summary>
    public static void UseSafeHeaders(this WebApplication app)
    {
        // The one form that goes elsewhere makes a GitHub App.
        var policy = ContentSecurityPolicy + GitHubHost.From(app.Configuration).GetLeftPart(UriPartial.Authority);
        app.Use((http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.ContentSecurityPolicy = policy;
                http.Response.Headers.XContentTypeOptions = "nosniff";
                http.Response.Headers["Referrer-Policy"] = "no-referrer";
                return Task.CompletedTask;
            });
            return next(http);
        });
    }

    public static void UseDashboardFiles(this WebApplication app)
    {
        if (Directory.Exists(Folder))
        {
            app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(Folder),
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                    file.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
            });
        }
    }

    /// <summary>
    /// Answers what no endpoint took. This is no fallback route: such a route would also take requests with a wrong
    /// method or content type, and 405 and 415 would become 404.
    /// </summary>
    public static void UseDashboardPages(this WebApplication app) => app.Use((http, next) =>
        http.GetEndpoint() is null && !http.Response.HasStarted ? AnswerAsync(http) : next(http));

    private static Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path;
        var isPage = (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            && !Array.Exists(["/api", "/openapi", "/health"], prefix => path.StartsWithSegments(prefix, StringComparison.Ordinal))
            && !Path.HasExtension(path);
        if (!isPage)
        {
            return NothingAsync(http, $"There is nothing at {path}.");
        }

        var page = Path.Combine(Folder, "index.html");
        if (!File.Exists(page))
        {
            return NothingAsync(http, "The dashboard is not built: build without -p:SkipDashboard=true.");
        }

        http.Response.Headers.CacheControl = "no-cache";
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.SendFileAsync(page);
    }

    private static Task NothingAsync(HttpContext http, string title) =>
        Results.Problem(statusCode: StatusCodes.Status404NotFound, title: title).ExecuteAsync(http);
}
