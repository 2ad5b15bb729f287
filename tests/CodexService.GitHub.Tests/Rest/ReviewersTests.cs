using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Tests.Transport;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Tests.Rest;

/// <summary>Asking for reviews.</summary>
public sealed class ReviewersTests
{
    [Fact]
    public async Task RequestReviewers_AnswerLost_AsksAgain()
    {
        using var answers = new ScriptedAnswers(
            ScriptedAnswers.Json(HttpStatusCode.BadGateway, "<html>"),
            ScriptedAnswers.Json(HttpStatusCode.Created, """{"number":3,"state":"open"}"""));
        using var http = new HttpClient(answers);
        using var transport = new GitHubTransport(http, new GitHubOptions(), new WaitingClock());
        var pulls = new PullRequests(new RepositoryCalls(RepositoryName.Parse("acme/shop"), transport, new PersonalAccessToken("token")));

        await pulls.RequestReviewersAsync(3, ["ann"], default);

        Assert.Equal(2, answers.Asked.Count);
        Assert.All(answers.Asked, asked => Assert.Equal("""{"reviewers":["ann"]}""", asked.Body));
    }
}
