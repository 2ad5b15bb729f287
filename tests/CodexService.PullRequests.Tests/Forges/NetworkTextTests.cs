using System.Text;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Reporting;
using CodexService.PullRequests.Tests.Reporting;

namespace CodexService.PullRequests.Tests.Forges;

public sealed class NetworkTextTests
{
    private static readonly NetworkPhase Quiet = new(NamesRecorded: true, AddressesCounted: true, [], 0, 0);

    [Fact]
    public void NothingTried_SaysNothing()
    {
        Assert.Equal("", List(null));
        Assert.Equal("", List(new NetworkReport(Quiet, Quiet, Quiet, [])));
        Assert.Null(NetworkText.Line(null));
        Assert.Null(NetworkText.Line(new NetworkReport(Quiet with { NamesRecorded = false, AddressesCounted = false }, Quiet, Quiet, [])));
    }

    [Fact]
    public void Attempts_AreToldByPhaseWithWhatIsNew()
    {
        var report = new NetworkReport(
            Quiet with { Names = [Name("pypi.org", 3)] },
            Quiet with { Names = [Name("metrics.example", 2)] },
            Quiet with { Names = [Name("metrics.example", 2), Name("evil.example", 1)], OtherLookups = 4, Addresses = 1 },
            ["evil.example"]);

        Assert.Equal(
            """
            - What needs a network: the sandboxes have none, and recorded these attempts, which were blocked
              - while the change was made: `pypi.org` (3×)
              - tests at the base commit: `metrics.example` (2×)
              - tests with the patch: `metrics.example` (2×), `evil.example` (1×), 4 lookups of other names, 1 attempt to reach an address
              - **new with this patch:** `evil.example`, attempts to reach addresses

            """.ReplaceLineEndings("\n"),
            List(report));
        var line = NetworkText.Line(report)!;
        Assert.DoesNotContain('\n', line);
        Assert.EndsWith("; **new with this patch:** `evil.example`, attempts to reach addresses", line, StringComparison.Ordinal);
        var check = VerificationCheck.Of(Standings.Succeeded with { Verification = Standings.Proof with { Network = report } })!;
        Assert.Contains($"\n\n{line}\n\n", check.Summary, StringComparison.Ordinal);
        Assert.Equal(VerificationCheck.Of(Standings.Succeeded)!.Conclusion, check.Conclusion);
    }

    [Fact]
    public void HostileNames_StayCodeAndAreFew()
    {
        // A worker writes no such names; whatever is stored, nothing of it becomes markup.
        string[] names = ["`](https://evil.example)", "@admin", "a\n# heading", "<img src=x>", "|", .. Enumerable.Range(0, 95).Select(at => $"n{at}.example")];
        var report = new NetworkReport(Quiet, Quiet, Quiet with { Names = [.. names.Select(name => Name(name, 1))] }, names);
        var text = List(report);
        Assert.Equal(3, text.Count(c => c == '\n'));
        Assert.Contains("`` `](https://evil.example) ``", text, StringComparison.Ordinal);
        Assert.Contains("`<img src=x>`", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@admin", text, StringComparison.Ordinal);
        Assert.Contains("90 lookups of other names", text, StringComparison.Ordinal);
        Assert.Contains("90 more names", text, StringComparison.Ordinal);
    }

    private static BlockedName Name(string name, long count) => new(name, count, ["A"]);

    private static string List(NetworkReport? report)
    {
        var text = new StringBuilder();
        NetworkText.AppendList(text, report);
        return text.ToString();
    }
}
