using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using CodexService.GitHub.Credentials;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.GitHub.Configuration;

/// <summary>Reads section <c>GitHub</c> and the short names, and checks them without a call.</summary>
public static class GitHubConfiguration
{
    /// <summary>Setting of one person's token.</summary>
    public const string TokenName = "CODEX_GITHUB_TOKEN";

    /// <summary>Setting of an App's number or client id.</summary>
    public const string AppIdName = "CODEX_GITHUB_APP_ID";

    /// <summary>Setting of an App's private key, as PEM or the path of its file.</summary>
    public const string AppKeyName = "CODEX_GITHUB_APP_KEY";

    private const string ApiUrlName = "GITHUB_API_URL";

    /// <summary>The settings of the connection.</summary>
    /// <exception cref="ConfigurationException">A setting is not usable; the message names it and the fix.</exception>
    internal static GitHubOptions Options(IConfiguration configuration)
    {
        var section = configuration.GetSection(GitHubOptions.Section);
        GitHubOptions options;
        try
        {
            options = new GitHubOptions();
            section.Bind(options);
            Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        }
        catch (ValidationException problem)
        {
            throw new ConfigurationException(problem.Message);
        }
        catch (InvalidOperationException problem)
        {
            throw new ConfigurationException($"Section GitHub cannot be read: {problem.Message}");
        }

        options.ApiUrl = ApiUrl(configuration, options.ApiUrl);
        return options;
    }

    /// <summary>Address of the API, with a slash at its end.</summary>
    /// <exception cref="ConfigurationException">It is not usable; the message names the setting and the fix.</exception>
    internal static Uri ApiUrl(IConfiguration configuration, Uri usual)
    {
        var (name, address) = Text(configuration, ApiUrlName) is { } given ? (ApiUrlName, given) : ("GitHub:ApiUrl", Text(configuration, "GitHub:ApiUrl") ?? usual.OriginalString);
        return Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0
            ? url
            : throw new ConfigurationException($"{name} has to be an http or https address without a user, such as https://github.example.com/api/v3.");
    }

    /// <summary>The credentials; <see langword="null"/> when none are configured.</summary>
    /// <exception cref="ConfigurationException">They are not usable; the message names the setting and the fix, never the secret.</exception>
    internal static GitHubSecrets? Secrets(IConfiguration configuration)
    {
        var token = Token(configuration, TokenName);
        var appId = Text(configuration, AppIdName);
        var appKey = Text(configuration, AppKeyName);
        if (token is not null && (appId ?? appKey) is not null)
        {
            throw new ConfigurationException($"{TokenName} and {AppIdName}/{AppKeyName} are both set: keep the token for one person, or the App for a team.");
        }

        if (token is not null)
        {
            return new GitHubSecrets.Token(token);
        }

        appId = appId is null ? null : AppId(appId);
        return (appId, appKey) switch
        {
            (null, null) => null,
            (null, _) => throw new ConfigurationException($"{AppKeyName} is set, but {AppIdName} is missing: it is the number on the App's settings page."),
            (_, null) => throw new ConfigurationException($"{AppIdName} is set, but {AppKeyName} is missing: give the App's private key (PEM) or the path of its file."),
            _ => new GitHubSecrets.App(appId, PrivateKey(appKey)),
        };
    }

    /// <summary>A token; <see langword="null"/> when none is set.</summary>
    /// <exception cref="ConfigurationException">No token looks like that.</exception>
    public static string? Token(IConfiguration configuration, string name) => Text(configuration, name) is not { } token || token.All(character => character is > ' ' and <= '~')
        ? Text(configuration, name)
        : throw new ConfigurationException($"{name} holds blanks, line breaks or letters that no token has: give the token alone.");

    private static string? Text(IConfiguration configuration, string name) => configuration[name]?.Trim() is { Length: > 0 } text ? text : null;

    // The App's client id (Iv23…) is accepted by GitHub in the place of its number.
    private static string AppId(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) || (text.StartsWith("Iv", StringComparison.Ordinal) && text.All(char.IsAsciiLetterOrDigit))
            ? text
            : throw new ConfigurationException($"{AppIdName} is \"{text}\": it has to be the App's number or client id from its settings page.");

    private static RSA PrivateKey(string pemOrPath)
    {
        var pem = pemOrPath;
        if (!pem.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            try
            {
                pem = File.ReadAllText(pemOrPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                throw new ConfigurationException($"{AppKeyName} is neither a PEM text nor a file that can be read: give the App's private key or the path of its file.");
            }
        }

        var key = RSA.Create();
        try
        {
            // A PEM that came through an environment file often has \n in the place of line breaks.
            key.ImportFromPem(pem.Replace("\\n", "\n", StringComparison.Ordinal));
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ConfigurationException($"{AppKeyName} holds no RSA private key in PEM form: download a new private key from the App's settings page.");
        }
    }
}
