using System.Text.Json;
using System.Text.Json.Serialization;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>The dashboard's list of repositories follows the App's installations.</summary>
public sealed class InstallationTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    [Fact]
    public async Task Installed_ThenTakenAway_IsListedAndIsNotListed()
    {
        var (id, one, two) = (world.Next(), Repo("one"), Repo("two"));
        var created = await HandleAsync(await StoreAsync("installation", new { action = "created", installation = new { id }, repositories = new[] { one, two } }));
        Assert.Equal((DeliveryState.Acted, "2 repositories are installed"), (created.State, created.Decision));
        var listed = (await ListedAsync()).Single(repository => repository.Name == one.FullName);
        Assert.Equal((0, null, 0), (listed.Deliveries, listed.LastDeliveryAt, listed.Tasks));

        await StoreAsync("ping", new { zen = "x" }, one.FullName);
        Assert.Equal(1, (await ListedAsync()).Single(repository => repository.Name == one.FullName).Deliveries);
        var removed = await HandleAsync(await StoreAsync("installation_repositories", new { action = "removed", installation = new { id }, repositories_added = Array.Empty<object>(), repositories_removed = new[] { one } }));
        Assert.Equal((DeliveryState.Acted, $"{one.FullName} was taken away"), (removed.State, removed.Decision));
        Assert.DoesNotContain(one.FullName, (await ListedAsync()).Select(repository => repository.Name));
        Assert.Contains(two.FullName, (await ListedAsync()).Select(repository => repository.Name));

        await HandleAsync(await StoreAsync("installation", new { action = "deleted", installation = new { id } }));
        Assert.DoesNotContain(two.FullName, (await ListedAsync()).Select(repository => repository.Name));

        // Installed once more, under another id.
        await HandleAsync(await StoreAsync("installation_repositories", new { action = "added", installation = new { id = world.Next() }, repositories_added = new[] { one }, repositories_removed = Array.Empty<object>() }));
        Assert.Contains(one.FullName, (await ListedAsync()).Select(repository => repository.Name));
    }

    [Fact]
    public async Task Deliveries_HandledInAnotherOrderThanTheyCame_EndAsTheLastSays()
    {
        var (id, one) = (world.Next(), Repo("one"));
        var added = await StoreAsync("installation_repositories", new { action = "added", installation = new { id }, repositories_added = new[] { one } });
        var removed = await StoreAsync("installation_repositories", new { action = "removed", installation = new { id }, repositories_removed = new[] { one } });

        await HandleAsync(removed);
        await HandleAsync(added);

        Assert.DoesNotContain(one.FullName, (await ListedAsync()).Select(repository => repository.Name));
    }

    [Fact]
    public async Task Removal_OfAnInstallationThatAnotherFollowed_TakesNothingAway()
    {
        var (id, one) = (world.Next(), Repo("one"));
        await HandleAsync(await StoreAsync("installation", new { action = "created", installation = new { id }, repositories = new[] { one } }));

        await HandleAsync(await StoreAsync("installation", new { action = "deleted", installation = new { id = world.Next() }, repositories = new[] { one } }));

        Assert.Contains(one.FullName, (await ListedAsync()).Select(repository => repository.Name));
    }

    [Theory]
    [InlineData("""{"action":"created"}""")]
    [InlineData("""{"action":"created","installation":{"id":1},"repositories":[{"id":5,"full_name":"../../etc"},null]}""")]
    public async Task Installation_OfNothingUsable_IsIgnored(string payload)
    {
        var id = Guid.NewGuid().ToString();
        await world.Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = "installation", Body = System.Text.Encoding.UTF8.GetBytes(payload) }, default);

        Assert.Equal(DeliveryState.Ignored, (await HandleAsync(id)).State);
    }

    private Named Repo(string name) => new(world.Next(), $"acme/{name}-{world.Next()}");

    private Task<IReadOnlyList<GitHubRepositoryInfo>> ListedAsync() => world.Services.Get<GitHubLinks>().RepositoriesAsync(default);

    private async Task<string> StoreAsync(string name, object payload, string? repository = null)
    {
        var id = Guid.NewGuid().ToString();
        await world.Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = name, Repository = repository, Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
        return id;
    }

    private async Task<Delivery> HandleAsync(string id)
    {
        await world.Services.Get<DeliveryHandler>().HandleAsync(id, default);
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        return await db.Deliveries.AsNoTracking().SingleAsync(delivery => delivery.Id == id);
    }

    private sealed record Named([property: JsonPropertyName("id")] int Id, [property: JsonPropertyName("full_name")] string FullName);
}
