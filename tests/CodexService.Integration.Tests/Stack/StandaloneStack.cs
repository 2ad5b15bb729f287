using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Local;

namespace CodexService.Integration.Tests.Stack;

/// <summary>One running Standalone with a data folder of its own.</summary>
internal sealed class StandaloneStack : IAsyncDisposable
{
    private readonly Func<Task>? giveBack;

    private StandaloneStack(StackFolder folder, HostProcess process, string url, string token, ApiClient api, Func<Task>? giveBack = null)
    {
        Folder = folder;
        Process = process;
        Url = url;
        Token = token;
        Api = api;
        this.giveBack = giveBack;
    }

    public StackFolder Folder { get; }

    public HostProcess Process { get; }

    public string Url { get; }

    public string Token { get; }

    public ApiClient Api { get; }

    /// <summary>Starts it; without <paramref name="database"/> it brings its own PostgreSQL.</summary>
    public static async Task<StandaloneStack> StartAsync(string? database, params (string Key, string Value)[] settings)
    {
        var folder = new StackFolder();
        try
        {
            var data = DataOf(folder);
            var process = folder.Start("Standalone", Settings(folder, database, settings));
            await process.LineAsync(line => line.StartsWith("Codex service is ready", StringComparison.Ordinal));
            var service = JsonSerializer.Deserialize<RunningService>(await File.ReadAllTextAsync(data.ServiceFile), JsonConventions.Options)!;
            Assert.Equal(process.Id, service.Pid);
            var token = (await File.ReadAllTextAsync(data.TokenFile)).Trim();
            return new StandaloneStack(folder, process, service.Url, token, new ApiClient(service.Url, token));
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Environment of a Standalone in <paramref name="folder"/>.</summary>
    public static Dictionary<string, string> Settings(StackFolder folder, string? database, params (string Key, string Value)[] settings)
    {
        // Made here so that the user of a private PostgreSQL can pass through it.
        var data = DataOf(folder);
        Directory.CreateDirectory(data.Root).UnixFileMode = (UnixFileMode)0b111_001_001;
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CODEX_DATA"] = data.Root,
            ["CODEX_PORT"] = "0",
            ["Worker__Slots"] = "1",
        };
        if (database is not null)
        {
            all["CODEX_DATABASE"] = database;
        }

        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return all;
    }

    /// <summary>The same one for somebody whose disposal only gives it back.</summary>
    public StandaloneStack Lent(Func<Task> giveBack) => new(Folder, Process, Url, Token, Api, giveBack);

    public async ValueTask DisposeAsync()
    {
        if (giveBack is not null)
        {
            await giveBack();
            return;
        }

        Api.Dispose();
        await Folder.DisposeAsync();
    }

    private static DataFolder DataOf(StackFolder folder) => new(Path.Combine(folder.Path, "data"));
}
