using System.Security.Cryptography;
using System.Text.Json;
using CodexService.GitHub.Transport;
using CodexService.ServiceDefaults.Configuration;

namespace CodexService.GitHub.Credentials;

/// <summary>Credentials of an App that was made from the dashboard, in a file that its owner alone can read.</summary>
/// <param name="path">The file.</param>
internal sealed class AppFile(string path)
{
    private const string Name = "github-app.json";

    /// <summary>The file in a data folder.</summary>
    public static AppFile In(string folder) => new(System.IO.Path.Combine(folder, Name));

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Changes when another App is stored, or none any more.</summary>
    public DateTime Version => File.GetLastWriteTimeUtc(path);

    /// <summary>The credentials; <see langword="null"/> when no App was made.</summary>
    /// <exception cref="ConfigurationException">The file is there and cannot be used.</exception>
    public GitHubSecrets.App? Read()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var key = RSA.Create();
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), GitHubJson.Options);
            key.ImportFromPem(content is { Id.Length: > 0 } ? content.Pem : throw new JsonException());
            return new GitHubSecrets.App(content.Id, key) { WebhookSecret = content.WebhookSecret, PublicUrl = content.PublicUrl };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ConfigurationException($"{path} holds no credentials of a GitHub App: put a copy of it back, or delete it and connect GitHub again on the dashboard");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new ConfigurationException($"the credentials of the GitHub App cannot be read: {e.Message.TrimEnd('.')}; make the file readable for the service's user");
        }
    }

    /// <summary>Stores credentials, whole or not at all.</summary>
    /// <exception cref="IOException">They could not be stored.</exception>
    public void Write(string id, string pem, string webhookSecret, Uri? publicUrl)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(unfinished, creation))
        {
            JsonSerializer.Serialize(file, new Content(id, pem, webhookSecret, publicUrl), GitHubJson.Options);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private sealed record Content(string Id, string Pem, string? WebhookSecret = null, Uri? PublicUrl = null);
}
