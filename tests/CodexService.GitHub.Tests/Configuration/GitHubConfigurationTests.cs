using System.Security.Cryptography;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.GitHub.Tests.Configuration;

public sealed class GitHubConfigurationTests
{
    [Fact]
    public void Secrets_NothingSet_AreNone() => Assert.Null(GitHubConfiguration.Secrets(Settings()));

    [Fact]
    public void Secrets_Token_IsTaken() => Assert.IsType<GitHubSecrets.Token>(GitHubConfiguration.Secrets(Settings(("CODEX_GITHUB_TOKEN", " github_pat_1 "))));

    [Theory]
    [InlineData("text")]
    [InlineData("escaped line breaks")]
    [InlineData("file")]
    public void Secrets_AppKey_IsTakenAs(string form)
    {
        using var key = RSA.Create(2048);
        var pem = key.ExportRSAPrivateKeyPem();
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, pem);
            var value = form switch { "file" => file, "text" => pem, _ => pem.Replace("\n", "\\n", StringComparison.Ordinal) };

            var app = Assert.IsType<GitHubSecrets.App>(GitHubConfiguration.Secrets(Settings(("CODEX_GITHUB_APP_ID", "4711"), ("CODEX_GITHUB_APP_KEY", value))));

            Assert.Equal(key.ExportParameters(false).Modulus, app.Key.ExportParameters(false).Modulus);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("CODEX_GITHUB_TOKEN holds blanks, line breaks or letters that no token has: give the token alone.", "CODEX_GITHUB_TOKEN", "canary two")]
    [InlineData("CODEX_GITHUB_TOKEN and CODEX_GITHUB_APP_ID/CODEX_GITHUB_APP_KEY are both set: keep the token for one person, or the App for a team.", "CODEX_GITHUB_TOKEN", "canary", "CODEX_GITHUB_APP_ID", "1")]
    [InlineData("CODEX_GITHUB_APP_KEY is set, but CODEX_GITHUB_APP_ID is missing: it is the number on the App's settings page.", "CODEX_GITHUB_APP_KEY", "canary")]
    [InlineData("CODEX_GITHUB_APP_ID is set, but CODEX_GITHUB_APP_KEY is missing: give the App's private key (PEM) or the path of its file.", "CODEX_GITHUB_APP_ID", "1")]
    [InlineData("CODEX_GITHUB_APP_ID is \"my app\": it has to be the App's number or client id from its settings page.", "CODEX_GITHUB_APP_ID", "my app", "CODEX_GITHUB_APP_KEY", "canary")]
    [InlineData("CODEX_GITHUB_APP_ID is \"abc\": it has to be the App's number or client id from its settings page.", "CODEX_GITHUB_APP_ID", "abc")]
    [InlineData("CODEX_GITHUB_APP_KEY is neither a PEM text nor a file that can be read: give the App's private key or the path of its file.", "CODEX_GITHUB_APP_ID", "1", "CODEX_GITHUB_APP_KEY", "/no/canary")]
    [InlineData("CODEX_GITHUB_APP_KEY holds no RSA private key in PEM form: download a new private key from the App's settings page.", "CODEX_GITHUB_APP_ID", "1", "CODEX_GITHUB_APP_KEY", "-----BEGIN RSA PRIVATE KEY-----canary")]
    public void Secrets_NotUsable_SayWhichAndTheFix(string line, params string[] settings)
    {
        var failed = Assert.Throws<ConfigurationException>(() => GitHubConfiguration.Secrets(Settings([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))])));

        Assert.Equal(line, failed.Message);
        Assert.DoesNotContain("canary", failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://github.example.com/api/v3", "https://github.example.com/api/v3/")]
    [InlineData("http://127.0.0.1:4001/", "http://127.0.0.1:4001/")]
    public void Options_ApiUrl_IsTakenWithASlash(string given, string taken) => Assert.Equal(taken, GitHubConfiguration.Options(Settings(("GITHUB_API_URL", given))).ApiUrl.AbsoluteUri);

    [Theory]
    [InlineData("github.example.com")]
    [InlineData("ftp://github.example.com")]
    [InlineData("https://user:secret@github.example.com")]
    public void Options_BadApiUrl_SaysTheFix(string given)
    {
        var failed = Assert.Throws<ConfigurationException>(() => GitHubConfiguration.Options(Settings(("GITHUB_API_URL", given))));

        Assert.Equal("GITHUB_API_URL has to be an http or https address without a user, such as https://github.example.com/api/v3.", failed.Message);
    }

    [Theory]
    [InlineData("GitHub:ContentWritesPerMinute", "0", "GitHub:ContentWritesPerMinute must be between 1 and 79.")]
    [InlineData("GitHub:ContentWritesPerMinute", "80", "GitHub:ContentWritesPerMinute must be between 1 and 79.")]
    [InlineData("GitHub:Retries", "-1", "GitHub:Retries must be between 0 and 10.")]
    [InlineData("GitHub:RequestTimeout", "00:00:00", "GitHub:RequestTimeout must be between 1 second and 10 minutes.")]
    public void Options_OutOfRange_SaysTheRange(string key, string value, string line) =>
        Assert.Equal(line, Assert.Throws<ConfigurationException>(() => GitHubConfiguration.Options(Settings((key, value)))).Message);

    [Theory]
    [InlineData("octocat/hello.world-1_x", true)]
    [InlineData("a/..", false)]
    [InlineData("a/b/c", false)]
    [InlineData("a/b?x", false)]
    [InlineData("../b", false)]
    [InlineData("a/b\n", false)]
    [InlineData("", false)]
    public void RepositoryName_TryParse_TakesNothingThatLeavesItsPath(string text, bool taken) => Assert.Equal(taken, RepositoryName.TryParse(text, out _));

    private static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build();
}
