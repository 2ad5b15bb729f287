using System.Security.Cryptography;

namespace CodexService.GitHub.Credentials;

/// <summary>What the service proves itself with. No text form shows the secret.</summary>
internal abstract class GitHubSecrets
{
    private GitHubSecrets()
    {
    }

    /// <summary>A personal access token.</summary>
    internal sealed class Token(string value) : GitHubSecrets
    {
        public string Value { get; } = value;
    }

    /// <summary>A GitHub App.</summary>
    internal sealed class App(string id, RSA key) : GitHubSecrets
    {
        /// <summary>Number or client id.</summary>
        public string Id { get; } = id;

        public RSA Key { get; } = key;

        /// <summary>What its deliveries are signed with; <see langword="null"/> when it is configured elsewhere.</summary>
        public string? WebhookSecret { get; init; }

        /// <summary>The address that the App was made with; ends in a slash.</summary>
        public Uri? PublicUrl { get; init; }
    }
}
