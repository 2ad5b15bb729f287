namespace CodexService.Cli.Client;

/// <summary>Where a service answers and the token it wants.</summary>
/// <param name="Url">Base address, without a trailing slash.</param>
/// <param name="Token">API token; <see langword="null"/> when none was found.</param>
internal sealed record ServiceAddress(string Url, string? Token)
{
    public Uri At(string path) => new(Url.TrimEnd('/') + path);
}
