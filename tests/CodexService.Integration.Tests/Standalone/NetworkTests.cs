using CodexService.Contracts.Api;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>What tests tried to reach stands in the evidence and in the pull request.</summary>
public sealed class NetworkTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output)
{
    [Fact]
    public async Task Task_TestsThatWantANetwork_IsVerifiedAndTheirAttemptsAreTold()
    {
        using var repository = TestRepository.With(
            ("calc.py", "def add(a, b):\n    return a - b\n"),
            ("test_calc.py", "import socket\nfrom calc import add\n\n\ndef look_up(name):\n    try:\n        socket.getaddrinfo(name, 443)\n    except OSError:\n        pass\n\n\ndef test_add():\n    look_up('metrics.example')\n    assert add(1, 2) == 3\n    look_up('only-when-mended.example')\n"));

        var task = await Api.SuccessAsync(await SubmitAsync(repository, "python3 -m pytest -q"));

        var network = task.Verification!.Network!;
        Assert.Contains(network.Work.Names, name => name.Name == "metrics.example");
        Assert.Equal(["metrics.example"], network.Before.Names.Select(name => name.Name));
        Assert.Equal(["metrics.example", "only-when-mended.example"], network.After.Names.Select(name => name.Name));
        Assert.Equal(["only-when-mended.example"], network.NewWithPatch);
        var body = task.PullRequest!.Body;
        Assert.Contains("\n  - tests at the base commit: `metrics.example` (", body, StringComparison.Ordinal);
        Assert.Contains("\n  - **new with this patch:** `only-when-mended.example`\n", body, StringComparison.Ordinal);
        var told = await Api.EventAsync(task.Summary.Id, entry => entry.Type == TaskEventTypes.NetworkBlocked && entry.Data?.GetProperty("phase").GetString() == "after");
        Assert.StartsWith("Blocked, as there is no network: metrics.example (", told.Message, StringComparison.Ordinal);
        Assert.EndsWith("during the tests with the patch", told.Message, StringComparison.Ordinal);
    }
}
