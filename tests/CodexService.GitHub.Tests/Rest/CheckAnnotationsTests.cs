using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Tests.Transport;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Tests.Rest;

/// <summary>Marks of checks in the shape that GitHub documents; the emulator answers another one.</summary>
public sealed class CheckAnnotationsTests
{
    [Fact]
    public async Task ListAnnotations_AsDocumented_AreRead()
    {
        using var answers = new ScriptedAnswers(ScriptedAnswers.Json(
            HttpStatusCode.OK,
            """
            [{"path":"README.md","start_line":2,"end_line":2,"start_column":5,"end_column":10,"annotation_level":"warning","title":"Spell Checker",
              "message":"Check your spelling for 'banaas'.","raw_details":"Do you mean 'bananas' or 'banana'?","blob_href":"https://api.github.com/repos/github/rest-api-description/git/blobs/abc"}]
            """));
        using var http = new HttpClient(answers);
        using var transport = new GitHubTransport(http, new GitHubOptions(), new WaitingClock());
        var checks = new CheckRuns(new RepositoryCalls(RepositoryName.Parse("acme/shop"), transport, new PersonalAccessToken("token")));

        var mark = Assert.Single(await checks.ListAnnotationsAsync(42, default));

        Assert.Equal(new CheckAnnotation("README.md", 2, 2, "warning", "Check your spelling for 'banaas'."), mark);
        Assert.EndsWith("/repos/acme/shop/check-runs/42/annotations?per_page=100", Assert.Single(answers.Asked).Address, StringComparison.Ordinal);
    }
}
