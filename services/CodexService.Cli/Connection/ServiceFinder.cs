using System.Text.Json;
using CodexService.Cli.Client;
using CodexService.Contracts;
using CodexService.Contracts.Local;

namespace CodexService.Cli.Connection;

/// <summary>Finds a service that is up: the one that CODEX_URL names, or the one that runs on the data folder.</summary>
internal sealed class ServiceFinder(CliEnvironment environment)
{
    public const string UrlSetting = "CODEX_URL";
    public const string TokenSetting = "CODEX_TOKEN";

    /// <summary>Whether the person named a service; then none is started.</summary>
    public bool IsNamed => environment.Variable(UrlSetting) is { Length: > 0 };

    /// <summary>Whether the service is on this machine.</summary>
    public bool IsLocal => !IsNamed || (Uri.TryCreate(environment.Variable(UrlSetting), UriKind.Absolute, out var url) && url.IsLoopback);

    /// <summary>Whether a service works on the data folder, ready or not.</summary>
    public bool IsTaken()
    {
        try
        {
            using var probe = new FileStream(environment.Data.LockFile, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>The service that is up, or null.</summary>
    public ServiceAddress? Find()
    {
        if (environment.Variable(UrlSetting) is { Length: > 0 } url)
        {
            return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
                ? new ServiceAddress(url, Token())
                : throw new CliException($"{UrlSetting} is \"{url}\", which is no http or https address.");
        }

        return Running() is { } service ? new ServiceAddress(service.Url, Token()) : null;
    }

    /// <summary>The service on the data folder. One that was killed leaves its file behind, but never its lock.</summary>
    public RunningService? Running()
    {
        try
        {
            var service = JsonSerializer.Deserialize<RunningService>(File.ReadAllText(environment.Data.ServiceFile), JsonConventions.Options);
            return service is not null && IsTaken() ? service : null;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new CliException($"Cannot read {environment.Data.ServiceFile}: it belongs to another user. Choose a data folder of your own with CODEX_DATA.", problem);
        }
    }

    /// <summary>The token of CODEX_TOKEN, or of the data folder.</summary>
    public string? Token()
    {
        if (environment.Variable(TokenSetting) is { Length: > 0 } token)
        {
            return token.Trim();
        }

        try
        {
            return File.ReadAllText(environment.Data.TokenFile).Trim();
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new CliException($"Cannot read the API token in {environment.Data.TokenFile}: it belongs to another user. Set CODEX_TOKEN.", problem);
        }
    }
}
