using CodexService.GitHub.Rest;
using CodexService.ServiceDefaults.Configuration;

namespace CodexService.PullRequests.Forges;

/// <summary>The dashboard's address for people: the configured one, else the one that the App on GitHub was made with. Thread-safe.</summary>
internal sealed class DashboardAddress(IConfiguration configuration, IGitHub? github = null)
{
    private readonly Uri? configured = CodexOptions.From(configuration).PublicUrl;

    /// <summary>Ends in a slash; <see langword="null"/> when nobody told it.</summary>
    public Uri? Url => configured ?? github?.PublicUrl;

    /// <summary>Where people see a task; <see langword="null"/> when no address is known.</summary>
    public Uri? Of(Guid taskId) => Url is { } url ? new Uri(url, $"tasks/{taskId:D}") : null;
}
