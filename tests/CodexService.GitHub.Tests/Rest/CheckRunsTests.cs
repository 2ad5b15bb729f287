using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Tests.Transport;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Tests.Rest;

/// <summary>Lists of check runs, whose pages are objects.</summary>
public sealed class CheckRunsTests
{
    [Fact]
    public async Task List_MoreThanAPage_IsReadToItsEnd()
    {
        using var answers = new ScriptedAnswers(
            ScriptedAnswers.Json(
                HttpStatusCode.OK,
                """{"total_count":2,"check_runs":[{"id":1,"name":"build","head_sha":"abc","status":"completed","conclusion":"success"}]}""",
                ("Link", "<https://api.github.com/repos/acme/shop/commits/abc/check-runs?per_page=100&page=2>; rel=\"next\"")),
            ScriptedAnswers.Json(HttpStatusCode.OK, """{"total_count":2,"check_runs":[{"id":2,"name":"lint","head_sha":"abc","status":"completed","conclusion":"failure"}]}"""));
        using var http = new HttpClient(answers);
        using var transport = new GitHubTransport(http, new GitHubOptions(), new WaitingClock());
        var checks = new CheckRuns(new RepositoryCalls(RepositoryName.Parse("acme/shop"), transport, new PersonalAccessToken("token")));

        var runs = await checks.ListAsync("abc", "Codex verification", default);

        Assert.Equal(["build", "lint"], runs.Select(run => run.Name));
        Assert.EndsWith("/commits/abc/check-runs?per_page=100&check_name=Codex%20verification", answers.Asked[0].Address, StringComparison.Ordinal);
    }
}
