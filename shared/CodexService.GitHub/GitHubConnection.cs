using System.Globalization;
using System.Security.Cryptography;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Transport;
using CodexService.ServiceDefaults.Configuration;

namespace CodexService.GitHub;

/// <summary>The way to GitHub with the configured credentials, or with those of an App that was made from the dashboard.</summary>
internal sealed partial class GitHubConnection : IGitHub, IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly GitHubTransport transport;
    private readonly GitHubOptions options;
    private readonly TimeProvider time;
    private readonly AppFile? file;
    private readonly Lock looking = new();
    private volatile IAccessTokens tokens;
    private GitHubSecrets.App? made;
    private int generation;
    private DateTime version;
    private DateTimeOffset nextLook;

    public GitHubConnection(GitHubSecrets? secrets, GitHubOptions options, HttpMessageHandler handler, TimeProvider time, AppFile? file = null)
    {
        transport = new GitHubTransport(new HttpClient(handler), options, time);
        (this.options, this.time, this.file) = (options, time, file);
        tokens = Tokens(secrets);
        if (file is not null)
        {
            Look(file);
            generation = 0;
        }
    }

    public GitHubAccess Access => Current() switch
    {
        PersonalAccessToken => GitHubAccess.Token,
        InstallationTokens or UnreadableApp => GitHubAccess.App,
        _ => GitHubAccess.None,
    };

    public string? Problem => (Current() as UnreadableApp)?.Problem;

    public int Generation
    {
        get
        {
            _ = Current();
            return Volatile.Read(ref generation);
        }
    }

    public Uri ApiUrl => options.ApiUrl;

    public string? WebhookSecret => Current() is InstallationTokens ? Volatile.Read(ref made)?.WebhookSecret : null;

    public Uri? PublicUrl => Current() is InstallationTokens ? Volatile.Read(ref made)?.PublicUrl : null;

    public IGitHubRepository Repository(RepositoryName name) => new GitHubRepository(new RepositoryCalls(name, transport, Current()));

    public async Task<GitHubApp?> GetAppAsync(CancellationToken cancellationToken) => Current() is InstallationTokens app
        ? await transport.SendAsync<GitHubApp>(ReadApp, app.AppToken(), cancellationToken)
        : null;

    public async Task<string?> MintReadTokenAsync(RepositoryName repository, CancellationToken cancellationToken) => Current() is InstallationTokens app
        ? await app.MintReadAsync(repository, cancellationToken)
        : null;

    public async Task<ConnectedApp> ConnectAppAsync(string code, Uri? publicUrl, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            throw new GitHubException(GitHubFailure.Credentials, "credentials of GitHub are configured already; a new App would not be used");
        }

        if (await WorkingAppAsync(cancellationToken) is { } working)
        {
            throw new GitHubException(
                GitHubFailure.Conflict, $"the App {working.Slug} is connected and works; to replace it, delete it on GitHub ({working.HtmlUrl}) or remove github-app.json from the data folder first");
        }

        var answer = await transport.SendAsync<MadeApp>(
            new GitHubRequest(HttpMethod.Post, $"app-manifests/{Uri.EscapeDataString(code)}/conversions", "exchange the code for the App's credentials") { CreatesContent = false },
            token: null,
            cancellationToken);
        var id = answer.Id.ToString(CultureInfo.InvariantCulture);
        var key = RSA.Create();
        key.ImportFromPem(answer.Pem);

        // The code is used up: what GitHub answered has to be on disk before anything else.
        lock (looking)
        {
            file.Write(id, answer.Pem, answer.WebhookSecret, publicUrl);
            Use(new GitHubSecrets.App(id, key) { WebhookSecret = answer.WebhookSecret, PublicUrl = publicUrl }, file.Version);
        }

        return new ConnectedApp(new GitHubApp(answer.Slug, answer.HtmlUrl), answer.WebhookSecret);
    }

    // One that GitHub does not know, or whose key it does not take, may be replaced.
    private async Task<GitHubApp?> WorkingAppAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetAppAsync(cancellationToken);
        }
        catch (GitHubException e) when (e.Failure is GitHubFailure.Credentials or GitHubFailure.NotFound)
        {
            return null;
        }
    }

    public void Dispose() => transport.Dispose();

    // Another process on the same data folder may have connected an App meanwhile, or a person removed it.
    private IAccessTokens Current()
    {
        if (file is null)
        {
            return tokens;
        }

        lock (looking)
        {
            var now = time.GetUtcNow();
            if (now >= nextLook)
            {
                nextLook = now + LookInterval;
                Look(file);
            }

            return tokens;
        }
    }

    // What cannot be read is tried again at each look: who may read a file changes without its version.
    private void Look(AppFile kept)
    {
        var found = kept.Version;
        if (found == version && tokens is not UnreadableApp)
        {
            return;
        }

        try
        {
            Use(kept.Read(), found);
        }
        catch (ConfigurationException e) when (tokens is UnreadableApp known && known.Problem == e.Message)
        {
            // Known.
        }
        catch (ConfigurationException e)
        {
            Use(null, found, new UnreadableApp(e.Message));
        }
    }

    private void Use(GitHubSecrets.App? app, DateTime found, UnreadableApp? unreadable = null)
    {
        Volatile.Write(ref made, app);
        version = found;
        tokens = unreadable ?? Tokens(app);
        Interlocked.Increment(ref generation);
    }

    private IAccessTokens Tokens(GitHubSecrets? secrets) => secrets switch
    {
        GitHubSecrets.Token token => new PersonalAccessToken(token.Value),
        GitHubSecrets.App app => new InstallationTokens(app, transport, time),
        _ => new NoTokens(),
    };

    private sealed record MadeApp(long Id, string Slug, string HtmlUrl, string Pem, string WebhookSecret);
}
