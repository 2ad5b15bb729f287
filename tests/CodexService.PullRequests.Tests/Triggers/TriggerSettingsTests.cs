using System.Text;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Tests.Triggers;

public sealed class TriggerSettingsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void Read_Nothing_IsTheDefaults(string file)
    {
        var settings = TriggerSettings.Read(Encoding.UTF8.GetBytes(file));

        Assert.True(settings.Conflicts);
        Assert.Equal(("codex", true, true, true, 3, 1), (settings.Label, settings.Assignment, settings.Mention, settings.ChangesRequested, settings.CheckFixes, settings.Attempts));
    }

    [Fact]
    public void Read_Everything_IsTaken()
    {
        var settings = TriggerSettings.Read("""
            label: ai
            assignment: false
            mention: false
            changes_requested: false
            check_fixes: 0
            conflicts: false
            bots: ["renovate[bot]"]
            test_command: npm test
            attempts: 4
            model: team/large:2
            """u8);

        Assert.Equal(("ai", false, false, false, 0, "npm test", 4), (settings.Label, settings.Assignment, settings.Mention, settings.ChangesRequested, settings.CheckFixes, settings.TestCommand, settings.Attempts));
        Assert.Equal(["renovate[bot]"], settings.Bots);
        Assert.False(settings.Conflicts);
        Assert.Equal("team/large:2", settings.Model);
    }

    [Theory]
    [InlineData("lable: ai", ".codex/config.yml, line 1: there is no setting lable")]
    [InlineData("label: ai\nattempts: 9", ".codex/config.yml: attempts is 9; it has to be from 1 to 8")]
    [InlineData("check_fixes: 4", ".codex/config.yml: check_fixes is 4; it has to be from 0 to 3")]
    [InlineData("label:", ".codex/config.yml: label and bots may be left out, but not be null")]
    public void Read_NotUsable_SaysWhere(string file, string line) =>
        Assert.Equal(line, Assert.Throws<FormatException>(() => TriggerSettings.Read(Encoding.UTF8.GetBytes(file))).Message);

    [Theory]
    [InlineData("attempts: many")]
    [InlineData("conflicts: sometimes")]
    [InlineData("label: [")]
    [InlineData("- a\n- b")]
    [InlineData("label: a\nlabel: b")]
    [InlineData("a: &a [*a, *a]")]
    public void Read_Broken_IsOneClearLine(string file)
    {
        var failed = Assert.Throws<FormatException>(() => TriggerSettings.Read(Encoding.UTF8.GetBytes(file)));

        Assert.StartsWith(".codex/config.yml, line ", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
    }
}
