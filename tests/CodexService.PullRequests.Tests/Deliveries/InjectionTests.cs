using System.Text.RegularExpressions;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Triggers;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>Hostile text on its way in, to the model, and on its way out, to GitHub.</summary>
public sealed partial class InjectionTests
{
    public static TheoryData<string> Texts => [.. InjectionTexts.All];

    [Fact]
    public void Texts_AreAtLeastFifty() => Assert.InRange(InjectionTexts.All.Distinct(StringComparer.Ordinal).Count(), 50, int.MaxValue);

    [Theory]
    [MemberData(nameof(Texts))]
    public void Issue_WithIt_TellsTheModelNothingThatPeopleDoNotSee(string text)
    {
        var clean = TriggerText.Clean(text);
        Assert.DoesNotContain("HIDDEN", clean, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", clean, StringComparison.Ordinal);
        Assert.DoesNotMatch(Invisible(), clean);
    }

    // As prompt, title, summary, test name, command and path at once.
    [Theory]
    [MemberData(nameof(Texts))]
    public void PullRequestAndCommit_WithIt_CallNobodyLoadNothingAndForgeNothing(string text)
    {
        var proof = new VerificationReport(true, text, [text], 3, [text], [text], [text], [new CommandReport(0, "after", text, 0, 1.5, false, 0)]);
        var change = new ChangeDescription(Guid.Empty, text, text, text, "model", "0123456789abcdef0123456789abcdef01234567", proof, [text]);

        var body = WithoutCode(PullRequestBody.Write(change));
        Assert.DoesNotMatch(LiveMention(), body);
        Assert.DoesNotMatch(LiveIssue(), body);
        Assert.DoesNotMatch(LiveEntity(), body);
        Assert.DoesNotContain("![", body.Replace("!\\[", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotMatch(LiveHtml(), body);

        var message = CommitMessage.Write(change);
        Assert.DoesNotMatch(LiveMention(), message);
        Assert.DoesNotMatch(LiveIssue(), message);
        Assert.DoesNotMatch(Invisible(), message);

        // A title is no trailer, whatever it looks like.
        var below = message[message.IndexOf('\n', StringComparison.Ordinal)..];
        Assert.Single(ForgedTask().Matches(below));
        Assert.DoesNotMatch(ForgedTrailer(), below);
        Assert.DoesNotContain('\n', change.CleanTitle);
    }

    private static string WithoutCode(string markdown) => InlineCode().Replace(Block().Replace(markdown, ""), "");

    [GeneratedRegex(@"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0e\u3164\u115f\u1160]|\udb40[\udc00-\udfff]")]
    private static partial Regex Invisible();

    [GeneratedRegex(@"(?<![\w`/&])@[A-Za-z0-9]")]
    private static partial Regex LiveMention();

    [GeneratedRegex(@"(?<![&\w])#\d|\bGH-\d|/(?:issues|pull|pulls|discussions)/\d", RegexOptions.IgnoreCase)]
    private static partial Regex LiveIssue();

    [GeneratedRegex(@"&(?:#0*(?:64|35)|#x0*(?:40|23)|commat|num);", RegexOptions.IgnoreCase)]
    private static partial Regex LiveEntity();

    [GeneratedRegex(@"<(?:img|script|iframe|details|b>|!--)", RegexOptions.IgnoreCase)]
    private static partial Regex LiveHtml();

    [GeneratedRegex(@"^Codex-Task: ", RegexOptions.Multiline)]
    private static partial Regex ForgedTask();

    [GeneratedRegex(@"^(?:Co-authored-by|Signed-off-by): ", RegexOptions.Multiline)]
    private static partial Regex ForgedTrailer();

    [GeneratedRegex(@"^(?<fence>`{3,})[^\n]*\n.*?^\k<fence>\s*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<!`)(?<tick>`+)(?!`).*?(?<!`)\k<tick>(?!`)")]
    private static partial Regex InlineCode();
}
