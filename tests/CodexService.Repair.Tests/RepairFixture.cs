using System.Formats.Tar;
using System.Text;
using CodexService.Agent;
using CodexService.Sandbox;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Repair.Tests;

/// <summary>Real sandboxes and the real brain.</summary>
public sealed class RepairFixture : IAsyncDisposable, IDisposable
{
    private readonly ServiceProvider services;

    public RepairFixture()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Sandbox:Instance"] = $"repair-tests-{Guid.NewGuid():N}",
                ["DOCKER_HOST"] = Environment.GetEnvironmentVariable("DOCKER_HOST"),
            })
            .Build();
        services = new ServiceCollection().AddLogging().AddSandbox(configuration).AddRepair().BuildServiceProvider();
    }

    internal async Task<ISandbox> OpenAsync(IReadOnlyDictionary<string, string> files)
    {
        var sandbox = await services.GetRequiredService<ISandboxFactory>().CreateAsync(
            new SandboxSpec("codex-service/sandbox:1", new SandboxLimits(), new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)),
            CancellationToken.None);
        await sandbox.UploadAsync(Pack(files), sandbox.Workspace, CancellationToken.None);
        await sandbox.OutputAsync("git init -q . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm base");
        return sandbox;
    }

    /// <summary>Lets the brain repair the files and looks at what it left in the workspace.</summary>
    internal async Task<Repaired> RepairAsync(
        IReadOnlyDictionary<string, string> files, string prompt, string testCommand = "python3 -m pytest -q", double budgetSeconds = 240)
    {
        await using var sandbox = await OpenAsync(files);
        var progress = new List<BrainProgress>();
        var result = await services.GetServices<IBrain>().Single().RunAsync(
            new BrainContext(prompt, testCommand, sandbox, TimeSpan.FromSeconds(budgetSeconds), 1, new Recorder(progress)),
            CancellationToken.None);
        var status = await sandbox.OutputAsync("git status --porcelain");
        var diff = await sandbox.OutputAsync("git diff");
        var tests = await sandbox.RunAsync(new SandboxCommand(testCommand), CancellationToken.None);
        return new Repaired(result, progress, status, diff, tests);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    public void Dispose() => services.Dispose();

    internal static Stream Pack(IReadOnlyDictionary<string, string> files)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        tar.Position = 0;
        return tar;
    }

    private sealed class Recorder(List<BrainProgress> seen) : IProgress<BrainProgress>
    {
        public void Report(BrainProgress value) => seen.Add(value);
    }
}

/// <summary>What the brain reported and what is in the workspace.</summary>
/// <param name="Tests">The whole test command after the repair.</param>
internal sealed record Repaired(BrainResult Result, IReadOnlyList<BrainProgress> Progress, string Status, string Diff, CommandResult Tests)
{
    public string Explain() => $"{Result.Title}\n{Result.Summary}\n{Diff}\n{Tests.StandardOutputText}";
}

internal static class SandboxCalls
{
    public static async Task<string> OutputAsync(this ISandbox sandbox, string commandLine)
    {
        var result = await sandbox.RunAsync(new SandboxCommand(commandLine), CancellationToken.None);
        Assert.True(result.Succeeded, $"{commandLine}: {result.ExitCode} {result.Error} {result.StandardErrorText}");
        return result.StandardOutputText;
    }
}

/// <summary>One search at a time: each uses every processor.</summary>
[CollectionDefinition("repair", DisableParallelization = true)]
public sealed class RepairCollection : ICollectionFixture<RepairFixture>;
