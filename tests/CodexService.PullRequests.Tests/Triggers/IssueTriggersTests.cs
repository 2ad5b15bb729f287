using System.Text;
using System.Text.Json;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Tests.Triggers;

/// <summary>What happens to issues, by whom, and when it is asked for once more.</summary>
public sealed class IssueTriggersTests
{
    private static readonly object Codex = new { name = "Codex" };
    private static readonly object Bug = new { name = "bug" };

    [Theory]
    [InlineData("ann", null, "ann")]
    [InlineData("codex", "codex[bot]", "codex")]
    public void Decide_ByAPersonWhoIsCalledAsTheServiceIs_IsTheirRequest(string mention, string? bot, string person)
    {
        Assert.IsType<TriggerDecision.Wanted>(Decide(new TriggerDecider(mention, bot), "issues", Happened("labeled", person)));
        var said = Happened("created", person);
        said["comment"] = new { id = 1, body = $"@{mention} fix it", user = User(person) };
        Assert.IsType<TriggerDecision.Wanted>(Decide(new TriggerDecider(mention, bot), "issue_comment", said));
    }

    [Fact]
    public void Decide_AppThatIsMentionedByAnotherName_KnowsItsOwnLogin()
    {
        var decider = new TriggerDecider("codex", "acme-codex[bot]");
        var assigned = Happened("assigned", "ann");
        assigned["assignee"] = User("acme-codex[bot]");

        Assert.IsType<TriggerDecision.Wanted>(Decide(decider, "issues", assigned));
        Assert.Equal("we did it ourselves", Assert.IsType<TriggerDecision.Ignored>(Decide(decider, "issues", Happened("labeled", "acme-codex[bot]"))).Reason);
        assigned["assignee"] = User("codex");
        Assert.IsType<TriggerDecision.Ignored>(Decide(decider, "issues", assigned));
    }

    [Fact]
    public void Decide_LabelOnceMore_IsAnotherRequestAboutTheSame()
    {
        var first = Assert.IsType<TriggerDecision.Wanted>(Decide("issues", Happened("labeled", "ann")));
        var again = Assert.IsType<TriggerDecision.Wanted>(Decide("issues", Happened("labeled", "ann", at: "2030-01-01T00:00:00Z")));

        Assert.NotEqual(first.Key, again.Key);
        Assert.Equal(first.Topic, again.Topic);
        Assert.Equal(first.Key, Assert.IsType<TriggerDecision.Wanted>(Decide("issues", Happened("labeled", "bo"))).Key);
    }

    [Theory]
    [InlineData("label", true)]
    [InlineData("assignment", true)]
    [InlineData("another label", false)]
    [InlineData("nothing", false)]
    public void Decide_Reopened_StartsWhatItStillBears(string bears, bool starts)
    {
        object[] labels = bears switch { "label" => [Bug, Codex], "another label" => [Bug], _ => [] };
        object[] assignees = bears == "assignment" ? [User("bo"), User("codex[bot]")] : [];

        var decision = Decide("issues", Happened("reopened", "ann", labels: labels, assignees: assignees));

        Assert.Equal(starts, decision is TriggerDecision.Wanted { Command: TriggerCommand.Fix, Actor: "ann" });

        // Whatever label the repository has set, its settings are read.
        Assert.Equal(bears != "nothing", Decide(new TriggerDecider("codex", "codex[bot]"), "issues", Happened("reopened", "ann", labels: labels, assignees: assignees), widest: true) is TriggerDecision.Wanted);
    }

    [Theory]
    [InlineData("Please look", "Please look, @codex", true)]
    [InlineData(null, "@codex plan it", true)]
    [InlineData("@codex fix", "@codex fix, with a test", false)]
    [InlineData("@codex fix", "Please look", false)]
    public void Decide_Edited_StartsWhenItMentionsForTheFirstTime(string? before, string body, bool starts)
    {
        var edited = Happened("edited", "ann", body);
        edited["changes"] = new { body = new { from = before } };
        var retitled = Happened("edited", "ann", body);
        retitled["changes"] = new { title = new { from = "Old" } };

        Assert.Equal(starts, Decide("issues", edited) is TriggerDecision.Wanted { Actor: "ann", Command: TriggerCommand.Fix or TriggerCommand.Plan });
        Assert.IsType<TriggerDecision.Ignored>(Decide("issues", retitled));
    }

    private static Dictionary<string, object> Happened(string action, string sender, string body = "Steps", string at = "2029-01-01T00:00:00Z", object[]? labels = null, object[]? assignees = null) => new(StringComparer.Ordinal)
    {
        ["action"] = action,
        ["label"] = action == "labeled" ? Codex : null!,
        ["issue"] = new { number = 7, title = "Page 2 repeats users", body, state = "open", user = User("cy"), updated_at = at, labels = labels ?? [Codex], assignees = assignees ?? [] },
        ["repository"] = new { id = 1, full_name = "acme/shop" },
        ["sender"] = User(sender),
    };

    private static object User(string login) => new { login, type = login.EndsWith("[bot]", StringComparison.Ordinal) ? "Bot" : "User" };

    private static TriggerDecision Decide(string name, Dictionary<string, object> payload) => Decide(new TriggerDecider("codex", "codex[bot]"), name, payload);

    private static TriggerDecision Decide(TriggerDecider decider, string name, Dictionary<string, object> payload, bool widest = false)
    {
        var read = WebhookPayload.Read(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(payload)));
        return decider.Decide(name, read, widest ? TriggerSettings.WidestFor(read) : TriggerSettings.Default);
    }
}
