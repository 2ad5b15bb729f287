using CodexService.Sandbox;
using CodexService.Testing;

namespace CodexService.Verification.Tests;

/// <summary>The base's side of a resolution is the base branch's tip: what is tried to be reached there is recorded as of the base.</summary>
public sealed class MergeNetworkTests
{
    [Fact]
    public async Task Verify_Resolution_TellsWhatTheTipTriedToReach()
    {
        using var merge = await SampleProject.CreateAsync();
        using var tip = await SampleProject.CreateAsync(SampleProject.Fixed);

        var result = await new PatchVerifier { Time = new TestClock() }.VerifyAsync(
            new VerificationRequest(
                async _ => new TriedToReach(await SampleProject.OpenAsync(merge), "pull.example", "tip.example"),
                await merge.PatchAsync(("calc.py", SampleProject.Fixed)),
                SampleProject.Command,
                [],
                TimeSpan.FromMinutes(3),
                new Progress<string>())
            {
                Merge = new MergeReference(async _ => new TriedToReach(await SampleProject.OpenAsync(tip), "tip.example"), []),
            },
            default);

        Assert.True(result.Verified, result.Reason);
        Assert.Equal(["tip.example"], result.Network.Before.Names.Select(name => name.Name));
        Assert.Equal(["pull.example"], result.Network.NewWithPatch);
    }

    /// <summary>A sandbox that has recorded these names.</summary>
    private sealed class TriedToReach(ISandbox inner, params string[] names) : ISandbox
    {
        public string Id => inner.Id;

        public string Workspace => inner.Workspace;

        public SandboxLimits Limits => inner.Limits;

        public NetworkAttempts Network { get; } = new() { NamesRecorded = true, Names = [.. names.Select(name => new NameLookup(name, 1, ["A"]))] };

        public Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) => inner.RunAsync(command, cancellationToken);

        public Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken) => inner.UploadAsync(tar, directory, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
