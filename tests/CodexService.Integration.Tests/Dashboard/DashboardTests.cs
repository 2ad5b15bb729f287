using System.Globalization;
using System.Text.RegularExpressions;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace CodexService.Integration.Tests.Dashboard;

/// <summary>The dashboard as a person uses it, in a real browser on a real service.</summary>
public sealed partial class DashboardTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private readonly PostgresFixture postgres = new();
    private readonly TestRepository sample = UsersApi.Create();
    private readonly TestRepository unfixable = Unfixable.SlowSearch();
    private string database = "";
    private StandaloneStack stack = null!;
    private Browser browser = null!;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        SetDefaultExpectTimeout(120_000);
        database = await postgres.CreateDatabaseAsync();
        stack = await StandaloneStack.StartAsync(database);
        browser = await Browser.StartAsync();
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        output.WriteLine(stack.Folder.Output());
        await browser.DisposeAsync();
        await stack.DisposeAsync();
        await postgres.DisposeAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        sample.Dispose();
        unfixable.Dispose();
    }

    [Fact]
    public async Task Task_FromTheFormToTheMerge()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync($"{stack.Url}/sign-in#token={stack.Token}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tasks", Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain(stack.Token, page.Url, StringComparison.Ordinal);

        var id = await FollowAcrossReloadAsync(page);
        await ReadDiffAsync(page);
        await ReadEvidenceAsync(page, id);
        await MergeAsync(page, id);

        var second = await SubmitAsync(page, unfixable, "Make the checksum right");
        await CancelAsync(page, second);
        await AssertFitsNarrowScreenAsync(id);
        Assert.Empty(browser.Complaints);
    }

    private static async Task<Guid> SubmitAsync(IPage page, TestRepository repository, string prompt)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "New task" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Repository" }).FillAsync(repository.Path);
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Base branch" })).ToHaveValueAsync("main");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Test command" })).ToHaveValueAsync(PytestPattern());
        await page.GetByRole(AriaRole.Textbox, new() { Name = "What is to be done" }).FillAsync(prompt);
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit task" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/tasks/[0-9a-f-]{36}"));
        return Guid.Parse(page.Url.Split('/')[^1].Split('?')[0], CultureInfo.InvariantCulture);
    }

    private async Task<Guid> FollowAcrossReloadAsync(IPage page)
    {
        Guid id;
        var log = page.GetByRole(AriaRole.Log);

        // Whoever holds the table keeps the task from ending before the page has been loaded again.
        await using (await Sql.HoldAsync(database, "pull_requests"))
        {
            id = await SubmitAsync(page, sample, UsersApi.Prompt);
            await Expect(log).ToContainTextAsync("took the attempt");
            await Expect(page.GetByText("live", new() { Exact = true })).ToBeVisibleAsync();
            await stack.Api.StageAsync(id, "localize", "search");
            var before = await stack.Api.TaskAsync(id);
            Assert.False(before.Summary.FinishedAt.HasValue, "the task was over before the reload");

            await page.ReloadAsync();
        }

        await page.GetByText("Everything", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByText("Succeeded", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 300_000 });
        await stack.Api.SuccessAsync(id);

        var expected = await stack.Api.LogAsync(id);
        await Expect(page.GetByText($"{expected.Count} events", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(expected.Select(entry => entry.Seq), await ShownSequenceAsync(log));
        await Expect(log).ToContainTextAsync(expected[^1].Message);
        return id;
    }

    /// <summary>Scrolls through the log, which draws only what is in view, and returns the sequence numbers in their order.</summary>
    private static async Task<IEnumerable<long>> ShownSequenceAsync(ILocator log)
    {
        var rows = await log.EvaluateAsync<int[][]>(
            """
            async box => {
              const rows = new Map();
              const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
              const filled = () => {
                const view = box.getBoundingClientRect(), shown = [...box.querySelectorAll('li')].map(row => row.getBoundingClientRect());
                return shown.some(row => row.top <= view.top + 8) && (box.scrollTop + box.clientHeight >= box.scrollHeight - 2 || shown.some(row => row.bottom >= view.bottom - 8));
              };
              for (box.scrollTop = 0; ; box.scrollTop += box.clientHeight / 2) {
                await frame();
                for (let frames = 0; !filled() && frames < 600; frames++) await frame();
                for (const row of box.querySelectorAll('li'))
                  rows.set(`${row.ariaPosInSet}/${row.querySelector('[data-seq]').dataset.seq}`, [Number(row.ariaPosInSet), Number(row.querySelector('[data-seq]').dataset.seq)]);
                if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) return [...rows.values()];
              }
            }
            """);
        return rows.OrderBy(row => row[0]).Select(row => (long)row[1]);
    }

    private static async Task ReadDiffAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Tab, new() { Name = "Diff" }).ClickAsync();
        var file = page.GetByRole(AriaRole.Region, new() { Name = "app/pagination.py" });
        await Expect(file).ToBeVisibleAsync();
        await AssertDiffAsync(file, columns: 2);
        await page.GetByText("Unified", new() { Exact = true }).ClickAsync();
        await AssertDiffAsync(file, columns: 1);
    }

    private static async Task AssertDiffAsync(ILocator file, int columns)
    {
        await Expect(file.Locator("code[data-code]")).ToHaveCountAsync(columns);
        await Expect(file.Locator("[data-line-type='change-addition'][data-line]")).ToContainTextAsync([UsersApi.FixedLine]);
        await Expect(file.Locator("[data-line-type='change-deletion'][data-line]")).ToContainTextAsync(["self.per_page - 1"]);
    }

    private async Task ReadEvidenceAsync(IPage page, Guid id)
    {
        var report = (await stack.Api.TaskAsync(id)).Verification!;
        await page.GetByRole(AriaRole.Tab, new() { Name = "Evidence" }).ClickAsync();
        var exits = page.GetByRole(AriaRole.Tabpanel).Locator("td[data-label=exit]");
        await Expect(exits).ToHaveTextAsync([.. report.Commands.Select(command => command.ExitCode.ToString(CultureInfo.InvariantCulture))]);
        Assert.Contains(report.Commands, command => command.ExitCode != 0);
        Assert.Contains(report.Commands, command => command.ExitCode == 0);
        await Expect(page.GetByText(report.FailToPass[0], new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tabpanel).Locator("button[aria-expanded=false]").First.ClickAsync();
        await Expect(page.GetByLabel("Output", new() { Exact = true })).ToContainTextAsync("failed");
    }

    private async Task MergeAsync(IPage page, Guid id)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Pull request #" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve and merge" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Approve and merge" }).ClickAsync();
        await Expect(page.GetByText("Merged into main", new() { Exact = true })).ToBeVisibleAsync();
        var pull = (await stack.Api.TaskAsync(id)).PullRequest!;
        Assert.Equal(pull.MergeCommit, sample.Git("rev-parse", "main").Trim());
        Assert.Contains(UsersApi.FixedLine, await File.ReadAllTextAsync(Path.Combine(sample.Path, "app", "pagination.py")), StringComparison.Ordinal);
    }

    private async Task CancelAsync(IPage page, Guid id)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the task" }).ClickAsync();
        await Expect(page.GetByText("Cancelled", new() { Exact = true }).First).ToBeVisibleAsync();
        Assert.Equal(TaskState.Cancelled, (await stack.Api.TaskAsync(id)).Summary.State);
    }

    private async Task AssertFitsNarrowScreenAsync(Guid id)
    {
        var page = await browser.OpenAsync(width: 390, height: 844);
        await page.GotoAsync($"{stack.Url}/sign-in#token={stack.Token}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tasks", Exact = true })).ToBeVisibleAsync();
        var number = (await stack.Api.TaskAsync(id)).PullRequest!.Number;
        foreach (var path in new[] { "/", "/new", $"/tasks/{id}", $"/tasks/{id}?tab=diff", $"/tasks/{id}?tab=evidence", $"/tasks/{id}?tab=details", "/pulls", $"/pulls/{number}" })
        {
            await page.GotoAsync(stack.Url + path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await page.WaitForFunctionAsync("() => !document.querySelector('[aria-label^=Loading]')");
            var widths = await page.EvaluateAsync<int[]>("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]");
            Assert.True(widths[0] <= widths[1], $"{path} is {widths[0]} pixels wide on a screen of {widths[1]}");
        }
    }

    [GeneratedRegex("pytest")]
    private static partial Regex PytestPattern();
}
