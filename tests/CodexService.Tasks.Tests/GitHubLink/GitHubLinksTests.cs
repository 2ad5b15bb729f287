using CodexService.Contracts.Api;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.GitHubLink;

public sealed class GitHubLinksTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Theory]
    [InlineData("acme/shop", "acme/shop", "Acme/Shop", "https://github.com/Acme/Shop.git")]
    [InlineData("acme/store", "acme/store", "acme/store", "https://github.com/acme/store.git")]
    public async Task SaveTriggersAsync_AnotherName_IsWhereOriginsAndPullRequestsAreFoundFromThenOn(string name, string triggers, string origin, string pull)
    {
        await Sql.ExecuteAsync(Services.Database, "TRUNCATE repository_triggers");
        var lease = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(lease);
        await Services.OpenPullRequestAsync(lease.TaskId);
        await Sql.ExecuteAsync(
            Services.Database,
            $"""
            UPDATE pull_requests SET forge = 'github', repository = 'https://github.com/Acme/Shop.git', repository_id = 12;
            INSERT INTO task_origins (task_id, repository, repository_id, number, is_pull_request, requested_by, url, title)
            VALUES ('{lease.TaskId}', 'Acme/Shop', 12, 7, false, 'ann', 'https://github.com/Acme/Shop/issues/7', 'Totals are wrong');
            """);
        var links = Services.Get<GitHubLinks>();
        await links.SaveTriggersAsync(12, "acme/shop", Triggers, isDefault: true, CancellationToken.None);

        await links.SaveTriggersAsync(12, name, Triggers, isDefault: true, CancellationToken.None);

        var row = (await Sql.RowsAsync(
            Services.Database,
            "SELECT (SELECT string_agg(repository, ' ') FROM repository_triggers), (SELECT repository FROM task_origins), (SELECT repository FROM pull_requests)")).Single();
        Assert.Equal([triggers, origin, pull], row.Select(value => (string?)value));
    }

    [Fact]
    public async Task RepositoriesAsync_PullRequestsThatEndedDifferently_AreCountedByWhatBecameOfThem()
    {
        await Sql.ExecuteAsync(Services.Database, "TRUNCATE task_origins, deliveries");
        (string Address, PullRequestState State, bool FromAnIssue)[] all =
        [
            ("https://github.com/acme/shop.git", PullRequestState.Open, true),
            ("https://github.com/acme/shop.git", PullRequestState.Merging, true),
            ("https://github.com/acme/shop.git", PullRequestState.Merged, true),
            ("https://github.com/Acme/Shop", PullRequestState.Merged, false),
            ("https://github.com/acme/shop.git", PullRequestState.Closed, false),
            ("https://github.com/acme/site.git", PullRequestState.Merged, false),
            ("https://github.com/acme/other-shop.git", PullRequestState.Merged, false),
        ];
        foreach (var (address, state, fromAnIssue) in all)
        {
            var lease = await Services.SubmitAndClaimAsync();
            await Services.SucceedAsync(lease);
            var number = await Services.OpenPullRequestAsync(lease.TaskId);
            await Sql.ExecuteAsync(Services.Database, $"UPDATE pull_requests SET forge = 'github', forge_number = {number}, repository = '{address}', state = '{state}' WHERE task_id = '{lease.TaskId}'");
            if (fromAnIssue)
            {
                await Sql.ExecuteAsync(
                    Services.Database,
                    $"""
                    INSERT INTO task_origins (task_id, repository, number, is_pull_request, requested_by, url, title)
                    VALUES ('{lease.TaskId}', 'acme/shop', 7, false, 'ann', 'https://github.com/acme/shop/issues/7', 'Totals are wrong');
                    """);
            }
        }

        // The built-in review's is none of GitHub's.
        var local = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(local);
        await Services.OpenPullRequestAsync(local.TaskId);
        await Sql.ExecuteAsync(Services.Database, $"UPDATE pull_requests SET repository = '/srv/acme/shop' WHERE task_id = '{local.TaskId}'");

        var store = Services.Get<DeliveryStore>();
        foreach (var repository in new[] { "acme/shop", "acme/site", "acme/quiet" })
        {
            await store.AddAsync(new Delivery { Id = Guid.NewGuid().ToString(), Event = "ping", Repository = repository, Body = "{}"u8.ToArray() }, CancellationToken.None);
        }

        var listed = await Services.Get<GitHubLinks>().RepositoriesAsync(CancellationToken.None);

        Assert.Equal(
            [("acme/quiet", new PullRequestCounts(0, 0, 0)), ("acme/shop", new PullRequestCounts(2, 2, 1)), ("acme/site", new PullRequestCounts(0, 1, 0))],
            listed.Select(repository => (repository.Name, repository.PullRequests)).OrderBy(repository => repository.Name, StringComparer.Ordinal));
    }

    private static RepositoryTriggers Triggers { get; } = new(DateTimeOffset.UnixEpoch, "defaults", "codex", true, true, true, 3, [], null, 1, null);
}
