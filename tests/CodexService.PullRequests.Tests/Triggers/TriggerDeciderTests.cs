using System.Text;
using System.Text.Json.Nodes;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Tests.Triggers;

public sealed class TriggerDeciderTests
{
    private const string Repository = """ "repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"ana","type":"User"} """;
    private const string Issue = """ "issue":{"number":7,"title":"Page 2 repeats users","body":"Steps <!-- hidden -->","state":"open","user":{"login":"bo","type":"User"}} """;

    [Theory]
    [InlineData("""{"action":"labeled","label":{"name":"Codex"},{{issue}},{{repository}}}""")]
    [InlineData("""{"action":"assigned","assignee":{"login":"codex[bot]","type":"Bot"},{{issue}},{{repository}}}""")]
    public void Decide_LabelOrAssignment_IsWorkOnTheIssueAsItWas(string payload)
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("issues", payload));

        Assert.Equal((TriggerCommand.Fix, 7, "Page 2 repeats users\n\nSteps", "ana", "issue:7:start"), (wanted.Command, wanted.Number, wanted.Text, wanted.Actor, wanted.Key));
    }

    [Theory]
    [InlineData("@codex fix the page size", "{}", TriggerCommand.Fix, "fix the page size")]
    [InlineData("@codex the page size, please", "{}", TriggerCommand.Fix, "the page size, please")]
    [InlineData("@codex stop", "{}", TriggerCommand.Stop, "stop")]
    [InlineData("@codex retry!", "{}", TriggerCommand.Retry, "retry!")]
    [InlineData("@codex stop it now, please!", "{}", TriggerCommand.Stop, "stop it now, please!")]
    [InlineData("@codex Stop. I do it by hand", "{}", TriggerCommand.Stop, "Stop. I do it by hand")]
    [InlineData("@codex stop\nI do it by hand", "{}", TriggerCommand.Stop, "stop\nI do it by hand")]
    [InlineData("@codex stop everything right now", "{}", TriggerCommand.Stop, "stop everything right now")]
    [InlineData("@codex stop, this is wrong", "{}", TriggerCommand.Stop, "stop, this is wrong")]
    [InlineData("@codex retry. Keep the old API this time", "{}", TriggerCommand.Fix, "retry. Keep the old API this time")]
    [InlineData("@codex stop 🛑", "{}", TriggerCommand.Stop, "stop 🛑")]
    [InlineData("@codex please stop", "{}", TriggerCommand.Fix, "please stop")]
    [InlineData("@codex retry the task", "{}", TriggerCommand.Retry, "retry the task")]
    [InlineData("@codex approve", """{"url":"x"}""", TriggerCommand.Approve, "approve")]
    [InlineData("@codex approve the plan, thanks", "{}", TriggerCommand.Approve, "approve the plan, thanks")]
    [InlineData("@codex approve\n\nI read all of it", """{"url":"x"}""", TriggerCommand.Approve, "approve\n\nI read all of it")]
    [InlineData("@codex approve only admins for this endpoint", """{"url":"x"}""", TriggerCommand.FollowUp, "approve only admins for this endpoint")]
    [InlineData("@codex approve. But only admins", """{"url":"x"}""", TriggerCommand.FollowUp, "approve. But only admins")]
    [InlineData("@codex approve\nonly admins", """{"url":"x"}""", TriggerCommand.FollowUp, "approve\nonly admins")]
    [InlineData("@codex approve?", """{"url":"x"}""", TriggerCommand.FollowUp, "approve?")]
    [InlineData("@codex stop logging the password", "{}", TriggerCommand.Fix, "stop logging the password")]
    [InlineData("@codex stop: the password is logged", "{}", TriggerCommand.Fix, "stop: the password is logged")]
    [InlineData("@codex stop-gap is fine", "{}", TriggerCommand.Fix, "stop-gap is fine")]
    [InlineData("@codex retry the request three times before giving up", """{"url":"x"}""", TriggerCommand.FollowUp, "retry the request three times before giving up")]
    [InlineData("@codex review the locking", """{"url":"x"}""", TriggerCommand.Review, "review the locking")]
    [InlineData("@codex plan the migration", "{}", TriggerCommand.Plan, "plan the migration")]
    [InlineData("@codex plan", "{}", TriggerCommand.Plan, "plan")]
    [InlineData("@codex review", """{"url":"x"}""", TriggerCommand.Review, "review")]
    [InlineData("@codex review", "{}", TriggerCommand.Review, "review")]
    [InlineData("@codex use a constant", """{"url":"x"}""", TriggerCommand.FollowUp, "use a constant")]
    public void Decide_Mention_IsItsCommand(string body, string pullRequest, TriggerCommand command, string text)
    {
        var payload = JsonNode.Parse(Json("""{"action":"created","comment":{"id":99,"user":{"login":"cy","type":"User"}},{{issue}},{{repository}}}"""))!;
        payload["comment"]!["body"] = body;
        if (pullRequest.Length > 2)
        {
            payload["issue"]!["pull_request"] = JsonNode.Parse(pullRequest);
        }

        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("issue_comment", payload.ToJsonString()));

        Assert.Equal((command, 7, text, "cy", 99L), (wanted.Command, wanted.Number, wanted.Text, wanted.Actor, wanted.Comment));
        Assert.Equal($"comment:99:{command.ToString().ToLowerInvariant()}", wanted.Key);
    }

    [Fact]
    public void Decide_LabelOnAnIssueThatAsksForAPlan_IsAPlanUnderTheSameKey()
    {
        const string Asking = """ "issue":{"number":7,"title":"t","body":"@codex plan it","state":"open","user":{"login":"bo","type":"User"}} """;
        var labeled = Assert.IsType<TriggerDecision.Wanted>(Decide("issues", $$"""{"action":"labeled","label":{"name":"codex"},{{Asking}},{{Repository}}}"""));
        var opened = Assert.IsType<TriggerDecision.Wanted>(Decide("issues", $$"""{"action":"opened",{{Asking}},{{Repository}}}"""));
        Assert.Equal((TriggerCommand.Plan, TriggerCommand.Plan, labeled.Key), (labeled.Command, opened.Command, opened.Key));
    }

    // With a personal token they come under a person's login.
    [Theory]
    [InlineData("pull_request_review", """{"action":"submitted","review":{"id":1,"state":"commented","body":"@codex approve\n\n<!-- codex:review:x -->","user":{"login":"ana","type":"User"}},"pull_request":{"number":7,"state":"open"},{{repository}}}""")]
    [InlineData("pull_request_review_comment", """{"action":"created","comment":{"id":1,"path":"a.py","body":"<!-- codex:remark -->\n@codex approve","user":{"login":"ana","type":"User"}},"pull_request":{"number":7,"state":"open"},{{repository}}}""")]
    public void Decide_OurOwnWords_AreIgnored(string name, string payload) =>
        Assert.Equal("we wrote it ourselves", Assert.IsType<TriggerDecision.Ignored>(Decide(name, payload)).Reason);

    [Fact]
    public void Decide_CommentOnALine_HasTheLinesWithIt()
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("pull_request_review_comment", """
            {"action":"created","comment":{"id":5,"body":"@codex off by one","path":"src/page.py","line":12,"diff_hunk":"@@ -1 +1 @@\n+x","user":{"login":"cy","type":"User"}},
             "pull_request":{"number":8,"state":"open"},{{repository}}}
            """));

        Assert.Equal((TriggerCommand.FollowUp, 8, "src/page.py:12\n@@ -1 +1 @@\n+x\n\noff by one"), (wanted.Command, wanted.Number, wanted.Text));
    }

    [Fact]
    public void Decide_RequestedChanges_AreAFollowUp()
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("pull_request_review", """
            {"action":"submitted","review":{"id":3,"state":"changes_requested","body":"Name it","user":{"login":"cy","type":"User"}},"pull_request":{"number":8,"state":"open"},{{repository}}}
            """));

        Assert.Equal((TriggerCommand.FollowUp, 8, "Name it", "cy", "review:3"), (wanted.Command, wanted.Number, wanted.Text, wanted.Actor, wanted.Key));
    }

    [Fact]
    public void Decide_FailedCheck_IsAFixOfThatCommit()
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("check_run", """
            {"action":"completed","check_run":{"id":1,"head_sha":"abc","name":"build","conclusion":"failure"},{{repository}}}
            """));

        Assert.Equal((TriggerCommand.FixCheck, "abc", "check:1", null), (wanted.Command, wanted.HeadCommit, wanted.Key, wanted.Actor));
    }

    [Theory]
    [InlineData("closed", TriggerCommand.End)]
    [InlineData("reopened", TriggerCommand.Reopen)]
    [InlineData("synchronize", TriggerCommand.Pushed)]
    [InlineData("ready_for_review", TriggerCommand.Pushed)]
    public void Decide_ChangeOfOurPullRequest_IsFollowed(string action, TriggerCommand command)
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("pull_request", """
            {"action":"{{action}}","pull_request":{"number":8,"state":"open","updated_at":"2030-01-01T00:00:00Z","head":{"ref":"codex/fix","sha":"abc"}},{{repository}}}
            """.Replace("{{action}}", action, StringComparison.Ordinal)));

        Assert.Equal((command, 8, null, $"{action}:8:abc:1893456000"), (wanted.Command, wanted.Number, wanted.Actor, wanted.Key));
    }

    [Theory]
    [InlineData("opened", "ana", true)]
    [InlineData("opened", "codex[bot]", true)]
    [InlineData("synchronize", "codex[bot]", true)]
    [InlineData("edited", "codex[bot]", false)]
    public void Decide_WhatWePublished_IsLookedAtWhetherItFits(string action, string sender, bool looks)
    {
        var decision = Decide("pull_request", """
            {"action":"{{action}}","pull_request":{"number":8,"state":"open","head":{"ref":"codex/fix","sha":"abc"},"base":{"ref":"main","sha":"def"}},"repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"{{sender}}","type":"User"}}
            """.Replace("{{action}}", action, StringComparison.Ordinal).Replace("{{sender}}", sender, StringComparison.Ordinal));

        Assert.Equal(looks, decision is TriggerDecision.Wanted { Command: TriggerCommand.BaseMoved, Text: "main", HeadCommit: "def", Key: "fits:8:abc", Actor: null });
    }

    [Fact]
    public void Decide_MentionInAReview_IsItsCommand()
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide("pull_request_review", """
            {"action":"submitted","review":{"id":3,"state":"commented","body":"@codex approve","user":{"login":"cy","type":"User"}},"pull_request":{"number":8,"state":"open"},{{repository}}}
            """));

        Assert.Equal((TriggerCommand.Approve, 8, "cy", "review:3:approve"), (wanted.Command, wanted.Number, wanted.Actor, wanted.Key));
    }

    [Theory]
    [InlineData("ping", """{"zen":"x","sender":{"login":"ana","type":"User"}}""", "GitHub said hello")]
    [InlineData("issues", """{"action":"labeled","label":{"name":"bug"},{{issue}},{{repository}}}""", "the label bug starts nothing")]
    [InlineData("issues", """{"action":"assigned","assignee":{"login":"ana","type":"User"},{{issue}},{{repository}}}""", "an issue that is assigned starts nothing")]
    [InlineData("issues", """{"action":"opened",{{issue}},{{repository}}}""", "an issue that is opened starts nothing")]
    [InlineData("issues", """{"action":"labeled","label":{"name":"codex"},"issue":{"number":7,"title":"x","body":null,"state":"closed"},{{repository}}}""", "issue #7 is closed")]
    [InlineData("issue_comment", """{"action":"edited","comment":{"id":1,"body":"@codex fix"},{{issue}},{{repository}}}""", "a comment that is edited starts nothing")]
    [InlineData("issue_comment", """{"action":"created","comment":{"id":1,"body":"nice"},{{issue}},{{repository}}}""", "@codex is not mentioned")]
    [InlineData("issue_comment", """{"action":"created","comment":{"id":1,"body":"<!-- @codex fix -->"},{{issue}},{{repository}}}""", "@codex is not mentioned")]
    [InlineData("issue_comment", """{"action":"created","comment":{"id":1,"body":"@codex fix","user":null},{{issue}},{{repository}}}""", "the account that asked is gone")]
    [InlineData("issue_comment", """{"action":"created","comment":{"id":1,"body":"@codex fix","user":{"login":"r[bot]","type":"Bot"}},{{issue}},"repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"r[bot]","type":"Bot"}}""", "r[bot] is a bot that .codex/config.yml does not list")]
    [InlineData("issue_comment", """{"action":"created","comment":{"id":1,"body":"@codex fix","user":{"login":"codex[bot]","type":"Bot"}},{{issue}},"repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"codex[bot]","type":"Bot"}}""", "we did it ourselves")]
    [InlineData("issues", """{"action":"labeled","label":{"name":"codex"},{{issue}},"repository":{"id":1,"full_name":"acme/shop","archived":true},"sender":{"login":"ana","type":"User"}}""", "the repository is archived")]
    [InlineData("pull_request_review", """{"action":"submitted","review":{"id":3,"state":"approved"},"pull_request":{"number":8,"state":"open"},{{repository}}}""", "a review that is submitted as approved starts nothing")]
    [InlineData("check_run", """{"action":"completed","check_run":{"id":1,"head_sha":"abc","conclusion":"success"},{{repository}}}""", "a check that is success starts nothing")]
    [InlineData("check_suite", """{"action":"completed","check_suite":{"id":1,"head_sha":"abc","head_branch":"main","conclusion":"failure"},{{repository}}}""", "it is on a branch that is not ours")]
    [InlineData("check_suite", """{"action":"completed","check_suite":{"id":1,"head_sha":"abc","head_branch":"codex/fix","conclusion":"failure","app":{"id":5,"slug":"Codex"}},{{repository}}}""", "it is our own check")]
    [InlineData("check_run", """{"action":"completed","check_run":{"id":1,"head_sha":"abc","name":"other","conclusion":"failure","app":{"id":5,"slug":"codex"}},{{repository}}}""", "it is our own check")]
    [InlineData("check_suite", """{"action":"requested","check_suite":{"id":1,"head_sha":"abc","head_branch":"codex/fix","conclusion":null},{{repository}}}""", "a check that is requested starts nothing")]
    [InlineData("workflow_run", """{"action":"completed","workflow_run":{"id":1,"head_sha":"abc","head_branch":"main","name":"CI","conclusion":"failure"},{{repository}}}""", "it is on a branch that is not ours")]
    [InlineData("workflow_run", """{"action":"completed","workflow_run":{"id":1,"head_sha":"abc","head_branch":"codex/fix","name":"CI","conclusion":"cancelled"},{{repository}}}""", "a check that is cancelled starts nothing")]
    [InlineData("workflow_run", """{"action":"completed","workflow_run":{"id":1,"head_sha":"abc","head_branch":"codex/fix","name":"CI","conclusion":"startup_failure"},{{repository}}}""", "a workflow that could not start is mended in its file, which a person has to change")]
    [InlineData("check_suite", """{"action":"completed","check_suite":{"id":1,"head_sha":"abc","head_branch":"codex/fix","conclusion":"startup_failure","app":{"id":6,"slug":"github-actions"}},{{repository}}}""", "a workflow that could not start is mended in its file, which a person has to change")]
    [InlineData("check_run", """{"action":"completed","check_run":{"id":1,"head_sha":"abc","name":"Codex verification","conclusion":"failure"},{{repository}}}""", "it is our own check")]
    [InlineData("check_run", """{"action":"completed","check_run":{"id":1,"head_sha":"abc","conclusion":"failure","check_suite":{"head_branch":"main"}},{{repository}}}""", "it is on a branch that is not ours")]
    [InlineData("pull_request", """{"action":"closed","pull_request":{"number":8,"state":"closed","head":{"ref":"feature","sha":"abc"}},{{repository}}}""", "pull request #8 is not ours")]
    [InlineData("push", """{"ref":"refs/heads/codex/fix","after":"abc",{{repository}}}""", "it is a branch of ours, whose pull request has a delivery of its own")]
    [InlineData("push", """{"ref":"refs/tags/v1","after":"abc",{{repository}}}""", "refs/tags/v1 is not a branch")]
    [InlineData("push", """{"ref":"refs/heads/old","after":"0000000000000000000000000000000000000000",{{repository}}}""", "the branch was deleted")]
    [InlineData("push", """{"ref":"refs/heads/main",{{repository}}}""", "nothing is started by push")]
    public void Decide_NothingAskedFor_SaysWhy(string name, string payload, string reason) =>
        Assert.Equal(reason, Assert.IsType<TriggerDecision.Ignored>(Decide(name, payload)).Reason);

    // As deep as GitHub tells them; all three come of one job that fails.
    [Theory]
    [InlineData("check_run", "failure", """{"id":1,"head_sha":"abc","name":"build","conclusion":"{{conclusion}}","check_suite":{"id":2,"head_branch":"codex/fix"},"app":{"id":6,"slug":"github-actions"}}""", "check:1")]
    [InlineData("check_run", "timed_out", """{"id":1,"head_sha":"abc","name":"build","conclusion":"{{conclusion}}","check_suite":{"id":2,"head_branch":"codex/fix"}}""", "check:1")]
    [InlineData("check_suite", "failure", """{"id":1,"head_sha":"abc","head_branch":"codex/fix","conclusion":"{{conclusion}}","app":{"id":6,"slug":"github-actions"}}""", "suite:1")]
    [InlineData("check_suite", "timed_out", """{"id":1,"head_sha":"abc","head_branch":null,"conclusion":"{{conclusion}}","app":null}""", "suite:1")]
    [InlineData("workflow_run", "failure", """{"id":1,"head_sha":"abc","head_branch":"codex/fix","name":"CI","conclusion":"{{conclusion}}"}""", "workflow:1")]
    public void Decide_FailureOnOurBranch_IsToBeMended_WhateverTellsOfIt(string name, string conclusion, string check, string key)
    {
        var payload = $$"""{"action":"completed","{{name}}":{{check.Replace("{{conclusion}}", conclusion, StringComparison.Ordinal)}},{{Repository}}}""";

        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide(name, payload));

        Assert.Equal((TriggerCommand.FixCheck, 0, "abc", key, null), (wanted.Command, wanted.Number, wanted.HeadCommit, wanted.Key, wanted.Actor));
        Assert.Equal(".codex/config.yml turns check fixes off", Assert.IsType<TriggerDecision.Ignored>(Decide(name, payload, new TriggerSettings { CheckFixes = 0 })).Reason);
    }

    [Theory]
    [InlineData("ana", "User")]
    [InlineData("codex[bot]", "Bot")]
    public void Decide_PushToABranch_LooksAtItsPullRequests_WhoeverPushed(string login, string type)
    {
        var wanted = Assert.IsType<TriggerDecision.Wanted>(Decide(
            "push", $$$"""{"ref":"refs/heads/release/1.x","after":"abc","repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"{{{login}}}","type":"{{{type}}}"}}"""));

        Assert.Equal((TriggerCommand.BaseMoved, "release/1.x", "abc", "push:refs/heads/release/1.x:abc", null), (wanted.Command, wanted.Text, wanted.HeadCommit, wanted.Key, wanted.Actor));
    }

    [Fact]
    public void Decide_TriggersTurnedOff_StartNothing()
    {
        var off = new TriggerSettings { Label = "", Assignment = false, Mention = false, ChangesRequested = false, CheckFixes = 0, Conflicts = false };

        Assert.All(
            new (string, string)[]
            {
                ("issues", """{"action":"labeled","label":{"name":"codex"},{{issue}},{{repository}}}"""),
                ("issues", """{"action":"assigned","assignee":{"login":"codex[bot]","type":"Bot"},{{issue}},{{repository}}}"""),
                ("issue_comment", """{"action":"created","comment":{"id":1,"body":"@codex fix","user":{"login":"cy","type":"User"}},{{issue}},{{repository}}}"""),
                ("pull_request_review", """{"action":"submitted","review":{"id":3,"state":"changes_requested","user":{"login":"cy","type":"User"}},"pull_request":{"number":8,"state":"open"},{{repository}}}"""),
                ("push", """{"ref":"refs/heads/main","after":"abc",{{repository}}}"""),
                ("check_run", """{"action":"completed","check_run":{"id":1,"head_sha":"abc","name":"build","conclusion":"failure"},{{repository}}}"""),
            },
            one => Assert.IsType<TriggerDecision.Ignored>(Decide(one.Item1, one.Item2, off)));
    }

    [Theory]
    [InlineData("Ben", true)]
    [InlineData("ana", false)]
    [InlineData(null, false)]
    public void Assignment_ToTheAccountOfThePersonalToken_StartsATask(string? account, bool starts) => Assert.Equal(
        starts,
        new TriggerDecider("codex", bot: null, account).Decide(
            "issues",
            WebhookPayload.Read(Encoding.UTF8.GetBytes(Json("""{"action":"assigned","assignee":{"login":"ben","type":"User"},{{issue}},{{repository}}}"""))),
            TriggerSettings.Default) is TriggerDecision.Wanted);

    private static string Json(string payload) => payload.Replace("{{issue}}", Issue, StringComparison.Ordinal).Replace("{{repository}}", Repository, StringComparison.Ordinal);

    private static TriggerDecision Decide(string name, string payload, TriggerSettings? settings = null) =>
        new TriggerDecider("codex", "codex[bot]").Decide(name, WebhookPayload.Read(Encoding.UTF8.GetBytes(Json(payload))), settings ?? TriggerSettings.Default);
}
