using System.Text;
using System.Text.Json;
using CodexService.Testing.GitHub;
using CodexService.GitHub.Transport;
using CodexService.GitHub.Webhooks;

namespace CodexService.GitHub.Tests.Webhooks;

/// <summary>Every payload of the events that are handled, as GitHub recorded them in <c>@octokit/webhooks-examples</c>.</summary>
[Collection(EmulatorTests.Name)]
public sealed class WebhookPayloadTests(EmulatorFixture emulator)
{
    private static readonly string[] Handled =
    [
        "issues", "issue_comment", "pull_request_review", "pull_request_review_comment", "pull_request", "check_run", "check_suite", "workflow_run", "push",
        "installation", "installation_repositories", "ping",
    ];

    [Fact]
    public void Read_EveryRecordedPayload_HasWhatItsEventIsAbout()
    {
        var read = 0;
        foreach (var (name, body) in Examples())
        {
            var payload = WebhookPayload.Read(body);
            Assert.True(IsWhole(name, payload), $"{name}.{payload.Action}: {Encoding.UTF8.GetString(body)[..400]}");
            var trimmed = WebhookPayload.Trim(body);
            Assert.True(trimmed.Length < body.Length, $"{name}.{payload.Action} was not trimmed");
            Assert.Equal(Written(payload), Written(WebhookPayload.Read(trimmed)));
            read++;
        }

        Assert.True(read > 80, $"only {read} examples were found");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"issue\": 5}")]
    [InlineData("{\"issue\": {\"number\": \"many\"}}")]
    public void Read_NoDelivery_IsOneClearLine(string body)
    {
        var failed = Assert.Throws<FormatException>(() => WebhookPayload.Read(Encoding.UTF8.GetBytes(body)));

        Assert.StartsWith("the delivery ", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
    }

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" { \"commits\" : [ ] , \"action\" : \"a\" } ", "{\"action\" : \"a\"}")]
    [InlineData("{\"x\":{\"a\":[\"}]\\\"{\",[{}]]},\"ref\":\"r\",\"y\":-1.5e3,\"z\":null}", "{\"ref\":\"r\"}")]
    [InlineData("{\"action\":\"\\\\\",\"x\":\"\\\\\\\"\",\"after\":\"b\"}", "{\"action\":\"\\\\\",\"after\":\"b\"}")]
    [InlineData("{\"Action\":\"a\",\"action\":\"b\"}", "{\"Action\":\"a\",\"action\":\"b\"}")]
    [InlineData("{\"\\u0061ction\":\"a\",\"zen\":true}", "{\"\\u0061ction\":\"a\"}")]
    public void Trim_PartsThatNobodyReads_AreLeftOut(string body, string kept) =>
        Assert.Equal(kept, Encoding.UTF8.GetString(WebhookPayload.Trim(Encoding.UTF8.GetBytes(body))));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"action\"")]
    [InlineData("{\"action\":")]
    [InlineData("{\"action\":\"a\",}")]
    [InlineData("{\"action\":\"a\\")]
    [InlineData("{\"x\":[{\"a\":1]")]
    [InlineData("{\"x\":12")]
    [InlineData("{\"x\":}")]
    [InlineData("{\"action\":\"a\"} {}")]
    [InlineData("[{}]")]
    public void Trim_NoObject_ComesBackAsItIsAndIsRefused(string body)
    {
        var kept = WebhookPayload.Trim(Encoding.UTF8.GetBytes(body));

        Assert.Equal(body, Encoding.UTF8.GetString(kept));
        Assert.Throws<FormatException>(() => WebhookPayload.Read(kept));
    }

    private static string Written(WebhookPayload payload) => JsonSerializer.Serialize(payload, GitHubJson.Options);

    private static bool IsWhole(string name, WebhookPayload payload) => name switch
    {
        "issues" => payload is { Action: not null, Repository.FullName.Length: > 0, Issue: { Number: > 0, Title.Length: > 0 }, Sender.Login.Length: > 0 },
        "issue_comment" => payload is { Action: not null, Repository: not null, Issue.Number: > 0, Comment: { Id: > 0, Body: not null } },
        "pull_request_review" => payload is { Action: not null, Repository: not null, PullRequest: { Number: > 0, Head.Sha.Length: 40 }, Review: { Id: > 0, State.Length: > 0 } },
        "pull_request_review_comment" => payload is { Action: not null, Repository: not null, PullRequest.Number: > 0, Comment: { Id: > 0, Path.Length: > 0, DiffHunk: not null } },
        "pull_request" => payload is { Action: not null, Repository: not null, PullRequest: { Number: > 0, Head.Ref.Length: > 0 } },
        "check_run" => payload is { Action: not null, CheckRun: { HeadSha.Length: 40, Name.Length: > 0 } },
        "check_suite" => payload is { Action: not null, CheckSuite.HeadSha.Length: 40 },
        "workflow_run" => payload is { Action: not null, WorkflowRun: { HeadSha.Length: 40, HeadBranch.Length: > 0 } },
        "push" => payload is { Ref.Length: > 0, After.Length: 40, Repository: not null },
        "installation" => payload is { Action: not null, Installation.Id: > 0 },
        "installation_repositories" => payload is { Action: not null, Installation.Id: > 0, RepositoriesRemoved: not null },
        _ => payload.Sender is not null || payload.Repository is not null,
    };

    private IEnumerable<(string Name, byte[] Body)> Examples()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(emulator.Packages, "@octokit", "webhooks-examples", "api.github.com", "index.json")));
        foreach (var one in document.RootElement.EnumerateArray())
        {
            var name = one.GetProperty("name").GetString()!;
            if (Handled.Contains(name, StringComparer.Ordinal))
            {
                foreach (var example in one.GetProperty("examples").EnumerateArray())
                {
                    yield return (name, Encoding.UTF8.GetBytes(example.GetRawText()));
                }
            }
        }
    }
}
