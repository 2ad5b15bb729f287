using CodexService.Contracts.Local;

namespace CodexService.Standalone.Tests;

/// <summary>The examination that <c>./codex doctor</c> shows, as the process that it starts.</summary>
public sealed class SettingsExaminationTests : IDisposable
{
    private readonly DataFolder data = new(Directory.CreateTempSubdirectory("codex-examination-").FullName);

    public void Dispose() => Directory.Delete(data.Root, recursive: true);

    [Fact]
    public async Task Examine_SettingsThatCannotBeUsed_NamesEachAndEndsWith1()
    {
        var (code, lines) = await ExamineAsync(
            ("CODEX_BRAIN", "foo"), ("CODEX_PORT", "x"), ("CODEX_GITHUB_WEBHOOK_SECRET", "short-secret"), ("CODEX_GITHUB_APP_ID", "1"), ("Worker__Slots", "-3"));

        Assert.Equal(1, code);
        Assert.Contains("settings\tBAD\tCODEX_BRAIN is \"foo\": it has to be auto, model or repair.", lines);
        Assert.Contains("settings\tBAD\tCODEX_PORT is \"x\": it has to be a number from 0 to 65535.", lines);
        Assert.Contains("settings\tBAD\tWorker:Slots has to be from 1 to 256.", lines);
        Assert.Contains(lines, line => line.StartsWith("github\tBAD\tCODEX_GITHUB_APP_ID is set, but CODEX_GITHUB_APP_KEY is missing", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("webhooks\tBAD\tCODEX_GITHUB_WEBHOOK_SECRET is too short", StringComparison.Ordinal));
        Assert.Equal(5, lines.Count);
        Assert.DoesNotContain(lines, line => line.Contains("short-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_NothingIsSet_TakesItAndTellsThatGitHubIsNotConnected()
    {
        var (code, lines) = await ExamineAsync();

        Assert.Equal(0, code);
        Assert.Equal("settings\tok\tthe service takes them", lines[0]);
        Assert.StartsWith("github\tnone\tnot connected; connect an App on the dashboard's GitHub page, or set CODEX_GITHUB_TOKEN", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examine_NobodyAnswers_TellsDatabaseAndGitHubWithoutSecrets()
    {
        var (code, lines) = await ExamineAsync(
            ("CODEX_DATABASE", "Host=127.0.0.1;Port=1;Username=a;Password=hidden-password"),
            ("CODEX_GITHUB_TOKEN", "ghp_hidden"),
            ("GITHUB_API_URL", "http://127.0.0.1:1/"),
            ("GitHub__Retries", "0"));

        Assert.Equal(1, code);
        Assert.Contains(lines, line => line.StartsWith("postgresql\tBAD\tPostgreSQL at 127.0.0.1:1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("github\tunknown\tGitHub cannot be reached at 127.0.0.1:1", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("by itself", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("webhooks\tnone\tCODEX_GITHUB_WEBHOOK_SECRET is not set", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examine_AppWhoseFileIsDamaged_NamesTheFileAndWhatToDo()
    {
        var file = Path.Combine(data.Root, "github-app.json");
        await File.WriteAllTextAsync(file, "{\"id\":\"1\",");

        var (code, lines) = await ExamineAsync();

        Assert.Equal(0, code);
        Assert.Equal($"github\tBROKEN\t{file} holds no credentials of a GitHub App: put a copy of it back, or delete it and connect GitHub again on the dashboard", lines[1]);
    }

    [Fact]
    public async Task Start_SettingsThatTheExaminationRefuses_AreRefusedInTheSameWords()
    {
        var (_, lines) = await ExamineAsync(("CODEX_BRAIN", "foo"), ("CODEX_PORT", "x"));
        using var service = new ServiceProcess(data, ("CODEX_BRAIN", "foo"), ("CODEX_PORT", "x"));

        Assert.Equal(1, await service.ExitCodeAsync());
        Assert.Equal("codex-service: " + string.Join(' ', lines.Where(line => line.Contains("\tBAD\t", StringComparison.Ordinal)).Select(line => line.Split('\t')[2])), service.Error[^1]);
    }

    private async Task<(int Code, IReadOnlyList<string> Lines)> ExamineAsync(params (string Name, string Value)[] settings)
    {
        using var process = ServiceProcess.Tool(data, "examine-settings", settings);
        var code = await process.ExitCodeAsync();
        Assert.Empty(process.Error);
        return (code, process.Output);
    }
}
