using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace CodexService.GitHub.Tests.Emulator;

/// <summary>
/// GitHub's emulator from npm with people and an App, behind a proxy that checks every request against
/// GitHub's OpenAPI description. Disposal fails when a request did not fit it.
/// </summary>
public sealed class EmulatorFixture : IAsyncLifetime
{
    internal const string AppId = "4711";
    internal const string WriterToken = "ghp_writer";
    internal const string ReaderToken = "ghp_reader";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private Process? process;

    internal Uri Api { get; private set; } = null!;

    /// <summary>Folder of the installed npm packages.</summary>
    internal string Packages { get; } = Path.Combine(Folder(), "node_modules");

    internal RSA AppKey { get; } = RSA.Create(2048);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var folder = Folder();
        await InstallAsync(folder);
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
        Api = new Uri(JsonDocument.Parse(line).RootElement.GetProperty("url").GetString()!);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (process is null)
        {
            return;
        }

        List<string>? violations = null;
        if (!process.HasExited && Api is not null)
        {
            using var http = new HttpClient { BaseAddress = Api };
            violations = await http.GetFromJsonAsync<List<string>>("_violations");
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
        AppKey.Dispose();
        Assert.True(violations is { Count: 0 }, $"requests that GitHub's description does not allow:\n{string.Join('\n', violations ?? ["the emulator ended early"])}");
    }

    private object Seed() => new
    {
        tokens = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [WriterToken] = new { login = "writer", scopes = new[] { "repo" } },
            [ReaderToken] = new { login = "reader", scopes = new[] { "repo" } },
        },
        github = new
        {
            // An organisation cannot act in the emulator, so the App's account is a person.
            users = new[] { new { login = "writer" }, new { login = "reader" }, new { login = "acme" } },
            repos = new[] { new { owner = "writer", name = "own", auto_init = true }, new { owner = "acme", name = "shop", auto_init = true }, new { owner = "acme", name = "site", auto_init = true } },
            apps = new[]
            {
                new
                {
                    app_id = int.Parse(AppId, System.Globalization.CultureInfo.InvariantCulture),
                    slug = "codex",
                    name = "Codex",
                    private_key = AppKey.ExportPkcs8PrivateKeyPem(),
                    permissions = new { contents = "write", pull_requests = "write", issues = "write", checks = "write", metadata = "read" },
                    installations = new[] { new { installation_id = 100, account = "acme", repository_selection = "all" } },
                },
            },
        },
    };

    private static string Folder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CodexService.sln")))
            {
                return Path.Combine(at.FullName, "tests", "CodexService.GitHub.Tests", "Emulator");
            }
        }

        throw new InvalidOperationException("the repository is not above the tests' assembly");
    }

    // What the lock file names is installed once; an older installation is brought up to date.
    private static async Task InstallAsync(string folder)
    {
        var installed = Path.Combine(folder, "node_modules", ".package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            return;
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = await npm.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await npm.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(npm.ExitCode == 0, $"npm ci in {folder} failed:\n{await output}\n{errors}");
    }
}

/// <summary>One emulator for all tests on it; each test works in branches and issues of its own.</summary>
[CollectionDefinition(Name)]
public sealed class EmulatorTests : ICollectionFixture<EmulatorFixture>
{
    internal const string Name = "github emulator";
}
