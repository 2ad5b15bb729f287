using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Sandbox;
using CodexService.Tasks.Attempts;
using CodexService.Worker.Attempts;

namespace CodexService.Worker.Tests.Attempts;

public sealed class ToldSandboxTests
{
    private readonly List<AttemptReport> told = [];

    [Fact]
    public async Task Run_WhatIsNew_IsToldOnceWithTheCommand()
    {
        var scripted = new ScriptedSandbox();
        var sandbox = new ToldSandbox(scripted, told.Add);

        await RunAsync(NetworkAttempts.NotRecorded, "ls");
        await RunAsync(Tried("pypi.org"), "pip install\u001b x\ny");
        await RunAsync(Tried("PyPI.org"), "pip install x");
        await RunAsync(new NetworkAttempts { Addresses = 2 }, null);
        await RunAsync(new NetworkAttempts { Addresses = 2 }, null);

        Assert.Equal(
            ["Blocked, as there is no network: pypi.org (3×) by: pip install  x y", "Blocked, as there is no network: 2 attempts to reach an address"],
            told.Select(report => report.Message));
        Assert.All(told, report => Assert.Equal(TaskEventTypes.NetworkBlocked, report.Type));
        var data = JsonSerializer.SerializeToElement(told[0].Data, JsonConventions.Options);
        Assert.Equal("""{"phase":"work","command":"pip install  x y","names":[{"name":"pypi.org","count":3,"types":["A","AAAA"]}],"other_lookups":0,"addresses":0}""", data.GetRawText());

        Task<CommandResult> RunAsync(NetworkAttempts next, string? label)
        {
            scripted.Next = next;
            return sandbox.RunAsync(new SandboxCommand("wrapped") { Label = label }, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Run_EndlessNewNames_EndsTheTellingAndListsFew()
    {
        var scripted = new ScriptedSandbox();
        var sandbox = new ToldSandbox(scripted, told.Add);
        for (var at = 0; at < 100; at++)
        {
            scripted.Next = Tried([.. Enumerable.Range(0, 100).Select(name => $"{at}-{name}.example")]);
            await sandbox.RunAsync(new SandboxCommand("true"), CancellationToken.None);
        }

        Assert.Equal(20, told.Count);
        Assert.All(told, report => Assert.EndsWith(", 270 lookups of other names", report.Message, StringComparison.Ordinal));
    }

    private static NetworkAttempts Tried(params string[] names) => new() { NamesRecorded = true, Names = [.. names.Select(name => new NameLookup(name, 3, ["A", "AAAA"]))] };

    private sealed class ScriptedSandbox : ISandbox
    {
        public NetworkAttempts Next { get; set; } = NetworkAttempts.NotRecorded;

        public string Id => "scripted";

        public string Workspace => "/workspace";

        public SandboxLimits Limits { get; } = new();

        public Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
            Task.FromResult(new CommandResult(0, default, default, TimeSpan.Zero) { Network = Next });

        public Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
