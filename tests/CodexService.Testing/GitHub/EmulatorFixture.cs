using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace CodexService.Testing.GitHub;

/// <summary>
/// GitHub for tests: an emulator from npm with people and an App, and real git, behind a proxy that checks every request against
/// GitHub's OpenAPI description (<c>Emulator/server.mjs</c> lists what it makes up for). Disposal fails when a request did not fit.
/// </summary>
public sealed class EmulatorFixture : IAsyncLifetime
{
    /// <summary>Number of the App, which is installed on every repository of <c>acme</c>.</summary>
    public const string AppId = "4711";

    /// <summary>Account that the App acts as.</summary>
    public const string AppLogin = "codex[bot]";

    /// <summary>Token of <c>writer</c>, who owns <c>writer/own</c> and may write <c>acme/shop</c>.</summary>
    public const string WriterToken = "ghp_writer";

    /// <summary>Token of <c>reader</c>, who may read what is public.</summary>
    public const string ReaderToken = "ghp_reader";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // The packages are some 400 MB, and all processes of the tests wait for the first.
    private static readonly TimeSpan InstallationPatience = TimeSpan.FromMinutes(15);
    private Process? process;
    private HttpClient? http;

    /// <summary>Address of the REST API, for <c>GITHUB_API_URL</c>; repositories are cloned from the same host.</summary>
    public Uri Api { get; private set; } = null!;

    /// <summary>The same as an Enterprise Server has it: below <c>/api/v3</c> of a host where nothing else of the API is.</summary>
    public Uri Enterprise { get; private set; } = null!;

    /// <summary>Changes the world around the client.</summary>
    public EmulatorControl Control { get; private set; } = null!;

    /// <summary>Folder of the installed npm packages.</summary>
    public string Packages { get; } = Path.Combine(Folder(), "node_modules");

    /// <summary>Private key of the App.</summary>
    public RSA AppKey { get; } = RSA.Create(2048);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var folder = Folder();
        await NpmPackages.InstallAsync(folder, InstallationPatience);
        process = Process.Start(new ProcessStartInfo("node", ["server.mjs"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(Seed()));
        await process.StandardInput.FlushAsync();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException($"the emulator did not start: {await errors}");
        using var told = JsonDocument.Parse(line);
        (Api, Enterprise) = (new Uri(told.RootElement.GetProperty("url").GetString()!), new Uri(told.RootElement.GetProperty("enterprise").GetString()!));

        // One control waits for deliveries, each of which may take a minute.
        http = new HttpClient { BaseAddress = Api, Timeout = InstallationPatience };
        Control = new EmulatorControl(http);
        await Control.AllowAsync("acme/shop", "writer", "push");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (process is null)
        {
            return;
        }

        List<string>? violations = null;
        if (!process.HasExited && http is not null)
        {
            violations = await http.GetFromJsonAsync<List<string>>("_violations");
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
        http?.Dispose();
        AppKey.Dispose();
        if (violations is not { Count: 0 })
        {
            throw new InvalidOperationException($"requests that GitHub's description does not allow:\n{string.Join('\n', violations ?? ["the emulator ended early"])}");
        }
    }

    /// <summary>Clone URL of a repository.</summary>
    /// <param name="repository"><c>owner/name</c>.</param>
    public string CloneUrl(string repository) => $"{Api}{repository}.git";

    private object Seed() => new
    {
        tokens = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [WriterToken] = new { login = "writer", scopes = new[] { "repo" } },
            [ReaderToken] = new { login = "reader", scopes = new[] { "repo" } },
        },
        github = new
        {
            users = new[] { new { login = "writer" }, new { login = "reader" }, new { login = "acme" } },
            repos = new[] { Repository("writer", "own"), Repository("acme", "shop"), Repository("acme", "site") },
            apps = new[]
            {
                new
                {
                    app_id = int.Parse(AppId, CultureInfo.InvariantCulture),
                    slug = "codex",
                    name = "Codex",
                    private_key = AppKey.ExportPkcs8PrivateKeyPem(),
                    events = new[] { "*" },
                    permissions = new { contents = "write", pull_requests = "write", issues = "write", checks = "write", metadata = "read" },
                    installations = new[] { new { installation_id = 100, account = "acme", repository_selection = "all" } },
                },
            },
        },
    };

    private static object Repository(string owner, string name) => new { owner, name, files = new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = $"# {name}\n" } };

    private static string Folder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CodexService.sln")))
            {
                return Path.Combine(at.FullName, "tests", "CodexService.Testing", "GitHub", "Emulator");
            }
        }

        throw new InvalidOperationException("the repository is not above the tests' assembly");
    }
}
