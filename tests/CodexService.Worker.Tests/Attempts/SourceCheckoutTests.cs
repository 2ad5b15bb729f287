using System.Net;
using CodexService.Repositories;
using CodexService.Repositories.Git;
using CodexService.Testing;
using CodexService.Worker.Attempts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Worker.Tests.Attempts;

/// <summary>Checkouts from a git host over HTTP that is not well, and what is waited for.</summary>
public sealed class SourceCheckoutTests : IAsyncLifetime
{
    private static readonly string[] GrowingPauses = ["3", "10", "30", "60"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-test-source-");
    private readonly TestRepository repository = TestRepository.With(("a", "1"));
    private readonly ImmediateClock clock = new();
    private readonly List<string> told = [];
    private WebApplication host = null!;
    private ServiceProvider services = null!;
    private HttpStatusCode trouble;
    private int troubles;
    private int brokenAnswers;

    public ReadAccess Access { get; set; } = ReadAccess.None;

    private RepositoryAddress Address => RepositoryAddress.Parse($"{host.Urls.First()}/shop.git");

    private SourceCheckout Checkout => ActivatorUtilities.CreateInstance<SourceCheckout>(services, clock);

    public async Task InitializeAsync()
    {
        var bare = Path.Combine(folder.FullName, "shop.git");
        await repository.GitAsync("clone", "-q", "--bare", repository.Path, bare);
        await TestRepository.GitInAsync(bare, "update-server-info");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        host = builder.Build();
        host.Run(Answer);
        await host.StartAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repositories:Folder"] = Path.Combine(folder.FullName, "cache"), ["Repositories:ListTimeout"] = "00:03:00" };
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<IReadCredentials>(new GivenAccess(this))
            .AddRepositories()
            .BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await host.DisposeAsync();
        repository.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Resolve_HostThatIsNotWellAtFirst_IsAskedAgainAndThePersonIsTold()
    {
        // The cache repeats a broken call once by itself.
        (trouble, troubles) = (HttpStatusCode.ServiceUnavailable, 2);

        Assert.Equal(await repository.HeadAsync(), await Checkout.ResolveAsync(Address, "main", told.Add, default));

        Assert.Contains("cannot be reached", Assert.Single(told), StringComparison.Ordinal);
        Assert.EndsWith("this may pass: tried again in 3 s (1 of 4)", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_HostWhoseAnswerBreaksOff_IsAskedAgain()
    {
        brokenAnswers = 2;

        Assert.Equal(await repository.HeadAsync(), await Checkout.ResolveAsync(Address, "main", told.Add, default));

        Assert.Contains("expected flush after ref listing", Assert.Single(told), StringComparison.Ordinal);
        Assert.Equal(0, brokenAnswers);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public async Task Resolve_HostThatRefuses_FailsAtOnce(HttpStatusCode refusal)
    {
        (trouble, troubles) = (refusal, int.MaxValue);

        var error = await Assert.ThrowsAsync<RepositoryException>(() => Checkout.ResolveAsync(Address, "main", told.Add, default));

        Assert.False(error.IsPassing);
        Assert.Contains("check the address, the network and the credentials", error.Message, StringComparison.Ordinal);
        Assert.Empty(told);
        Assert.Empty(clock.Pauses);
    }

    [Fact]
    public async Task Resolve_NoTokenToBeHad_IsWaitedForWithGrowingPausesAndThenNamed()
    {
        (trouble, troubles) = (HttpStatusCode.Unauthorized, int.MaxValue);
        Access = ReadAccess.None with { Missing = "the pull-request service did not answer" };

        var error = await Assert.ThrowsAsync<RepositoryException>(() => Checkout.ResolveAsync(Address, "main", told.Add, default));

        Assert.EndsWith("it was tried without a token, for the pull-request service did not answer", error.Message, StringComparison.Ordinal);
        Assert.Equal(GrowingPauses, clock.Pauses.Select(pause => pause.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(GrowingPauses.Length, told.Count);
    }

    [Fact]
    public async Task Bring_CommitThatThisMachineLacks_IsWaitedForToo()
    {
        (trouble, troubles) = (HttpStatusCode.BadGateway, 2);
        var commit = await repository.HeadAsync();

        Assert.Equal(commit, await Checkout.BringAsync(Address, commit, told.Add, default));

        Assert.Single(told);
        using var tar = new MemoryStream();
        (trouble, troubles) = (HttpStatusCode.BadGateway, int.MaxValue);
        await services.GetRequiredService<Repositories.Checkout.RepositoryCheckout>().WriteTarAsync(Address, commit, tar, default);
        Assert.NotEqual(0, tar.Length);
    }

    [Fact]
    public async Task Resolve_StoppedWhileItWaits_EndsAtOnce()
    {
        (trouble, troubles) = (HttpStatusCode.Unauthorized, int.MaxValue);
        Access = ReadAccess.None with { Missing = "GitHub is away" };
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ActivatorUtilities.CreateInstance<SourceCheckout>(services, new TestClock()).ResolveAsync(Address, "main", _ => stop.Cancel(), stop.Token));
    }

    // git's protocol for hosts that only hand out files.
    private async Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (troubles > 0 && path.EndsWith("/info/refs", StringComparison.Ordinal))
        {
            troubles--;
            context.Response.StatusCode = (int)trouble;
            return;
        }

        if (brokenAnswers > 0)
        {
            // Protocol version 2: what the host can do, and then nothing where the references should stand.
            var asks = HttpMethods.IsPost(context.Request.Method);
            brokenAnswers -= asks ? 1 : 0;
            context.Response.ContentType = asks ? "application/x-git-upload-pack-result" : "application/x-git-upload-pack-advertisement";
            await context.Response.WriteAsync(asks ? "" : "001e# service=git-upload-pack\n0000000eversion 2\n000cls-refs\n000afetch\n0000");
            return;
        }

        var file = Path.GetFullPath(folder.FullName + path);
        if (!File.Exists(file))
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }

        await context.Response.SendFileAsync(file);
    }

    private sealed class GivenAccess(SourceCheckoutTests test) : IReadCredentials
    {
        public ValueTask<ReadAccess> FindAsync(RepositoryAddress address, CancellationToken cancellationToken) => ValueTask.FromResult(test.Access);
    }

    // Remembers pauses and ends them at once.
    private sealed class ImmediateClock : TimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
