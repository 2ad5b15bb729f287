using System.Net;
using System.Text;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Tests.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.Testing;
using CodexService.Testing.GitHub;

namespace CodexService.GitHub.Tests.Emulator;

/// <summary>The test ground itself: real git beside the API, people who act, webhooks, faults.</summary>
[Collection(EmulatorTests.Name)]
public sealed class GroundTests : IDisposable
{
    private readonly EmulatorFixture emulator;
    private readonly GitHubConnection connection;
    private readonly string repository = $"acme/ground-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-clone-");

    public GroundTests(EmulatorFixture emulator)
    {
        this.emulator = emulator;
        connection = Connections.To(emulator, new GitHubSecrets.App(EmulatorFixture.AppId, emulator.AppKey));
    }

    private IGitHubRepository Repository => connection.Repository(RepositoryName.Parse(repository));

    [Fact]
    public async Task Clone_CommitMadeThroughTheApi_HasTheSameIds()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n", ["src/b.py"] = "two\n" });
        var start = (await Repository.Git.GetBranchAsync("main", default))!;
        var blob = await Repository.Git.CreateBlobAsync("new\n"u8.ToArray(), default);
        var tree = await Repository.Git.CreateTreeAsync((await Repository.Git.GetCommitAsync(start, default)).Tree.Sha, [new("src/deep/c.py", "100755", blob), new("src/b.py", "100644", null)], default);
        var commit = await Repository.Git.CreateCommitAsync("Add c", tree, [start], default);
        await Repository.Git.CreateBranchAsync("codex/add", commit, default);

        var clone = await CloneAsync();
        await TestRepository.GitInAsync(clone, "fsck", "--strict");
        Assert.Equal(commit, (await TestRepository.GitInAsync(clone, "rev-parse", "origin/codex/add")).Trim());
        Assert.Equal("a.py\nsrc/deep/c.py\n", await TestRepository.GitInAsync(clone, "ls-tree", "-r", "--name-only", "origin/codex/add"));
        Assert.Equal("codex[bot]", (await TestRepository.GitInAsync(clone, "log", "-1", "--format=%an", "origin/codex/add")).Trim());
        Assert.True((await Repository.Git.GetCommitAsync(commit, default)).Verification!.Verified);
        Assert.Equal("new\n", Encoding.UTF8.GetString((await Repository.ReadFileAsync("src/deep/c.py", "codex/add", default))!));
        Assert.Null(await Repository.ReadFileAsync("src/b.py", "codex/add", default));
    }

    [Fact]
    public async Task Push_WithGit_MovesTheHeadOfThePullRequest()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n" });
        await emulator.Control.AllowAsync(repository, "writer", "push");
        var first = await emulator.Control.PushAsync(repository, "codex/fix", "writer", new Dictionary<string, string?> { ["a.py"] = "two\n" });
        var pull = await Repository.PullRequests.CreateAsync(new NewPullRequest("Fix", "codex/fix", "main", "Body", Draft: false), default);
        var clone = await CloneAsync();
        await TestRepository.GitInAsync(clone, "checkout", "-q", "codex/fix");
        await TestRepository.GitInAsync(clone, "commit", "-q", "--allow-empty", "-m", "More");
        await TestRepository.GitInAsync(clone, "push", "-q", emulator.CloneUrl(repository).Replace("://", $"://x:{EmulatorFixture.WriterToken}@", StringComparison.Ordinal), "codex/fix");

        var head = (await TestRepository.GitInAsync(clone, "rev-parse", "HEAD")).Trim();
        Assert.NotEqual(first, head);
        Assert.Equal(head, (await Repository.PullRequests.GetAsync(pull.Number, default)).Head.Sha);
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestRepository.GitInAsync(
            clone, "push", "-q", emulator.CloneUrl(repository).Replace("://", $"://x:{EmulatorFixture.ReaderToken}@", StringComparison.Ordinal), "HEAD:refs/heads/other"));
    }

    [Fact]
    public async Task Clone_PrivateRepository_NeedsAToken()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n" }, isPrivate: true);

        await Assert.ThrowsAsync<InvalidOperationException>(CloneAsync);
        await emulator.Control.AllowAsync(repository, "reader", "pull");
        var clone = Path.Combine(folder.FullName, "private");
        await TestRepository.GitInAsync(
            folder.FullName, "-c", $"http.extraHeader=Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{EmulatorFixture.ReaderToken}"))}", "clone", "-q", emulator.CloneUrl(repository), clone);
        Assert.True(File.Exists(Path.Combine(clone, "a.py")));
    }

    [Fact]
    public async Task Merge_BaseThatMoved_KeepsBothSidesAndClosesTheIssue()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n", ["b.py"] = "one\n" });
        var issue = await emulator.OpenIssueAsync(repository, "writer", "Broken", "It is.");
        var head = await emulator.Control.PushAsync(repository, "codex/fix", "writer", new Dictionary<string, string?> { ["a.py"] = "two\n" });
        var pull = await Repository.PullRequests.CreateAsync(new NewPullRequest("Fix", "codex/fix", "main", $"Closes #{issue}", Draft: false), default);
        await emulator.Control.PushAsync(repository, "main", "writer", new Dictionary<string, string?> { ["b.py"] = "theirs\n" });

        var merge = await Repository.PullRequests.MergeAsync(pull.Number, head, "Merge it", default);

        var clone = await CloneAsync();
        Assert.Equal(merge, (await TestRepository.GitInAsync(clone, "rev-parse", "origin/main")).Trim());
        Assert.Equal("two\ntheirs\n", await TestRepository.GitInAsync(clone, "show", "origin/main:a.py") + await TestRepository.GitInAsync(clone, "show", "origin/main:b.py"));
        Assert.Equal("closed", (await Repository.Issues.GetAsync(issue, default)).State);
    }

    [Fact]
    public async Task Hook_IssueLabeledAndHeadPushed_IsToldAndSigned()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n" });
        await emulator.Control.AllowAsync(repository, "writer", "push");
        using var listener = new HookListener();
        await emulator.Control.AddHookAsync(listener.Address, "secret", repository);
        var issue = await emulator.OpenIssueAsync(repository, "writer", "Broken", "It is.");
        await emulator.SendAsync("writer", HttpMethod.Post, $"repos/{repository}/issues/{issue}/labels", new { labels = new[] { "codex" } });
        await emulator.Control.PushAsync(repository, "codex/fix", "writer", new Dictionary<string, string?> { ["a.py"] = "two\n" });
        var pull = await Repository.PullRequests.CreateAsync(new NewPullRequest("Fix", "codex/fix", "main", "Body", Draft: false), default);
        var pushed = await emulator.Control.PushAsync(repository, "codex/fix", "writer", new Dictionary<string, string?> { ["a.py"] = "three\n" });

        var deliveries = (await emulator.Control.DeliveriesAsync()).Where(one => one.Payload.GetProperty("repository").GetProperty("full_name").GetString() == repository).ToList();

        var labeled = Assert.Single(deliveries, one => one is { Event: "issues", Action: "labeled" });
        Assert.Equal("codex", labeled.Payload.GetProperty("label").GetProperty("name").GetString());
        Assert.Equal(100, labeled.Payload.GetProperty("installation").GetProperty("id").GetInt32());
        var moved = Assert.Single(deliveries, one => one is { Event: "pull_request", Action: "synchronize" });
        Assert.Equal((pull.Number, pushed), (moved.Payload.GetProperty("pull_request").GetProperty("number").GetInt32(), moved.Payload.GetProperty("pull_request").GetProperty("head").GetProperty("sha").GetString()));
        Assert.All(deliveries, one => Assert.Equal(202, one.Status));
        Assert.Equal(deliveries.Count, listener.Received.Count);
        Assert.All(listener.Received, one => Assert.True(new WebhookSignature("secret").IsValid(one.Body, one.Signature)));
    }

    [Fact]
    public async Task Rename_OldName_LeadsToTheNewOne()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n" });
        var before = (await Repository.GetAsync(default)).FullName;
        await emulator.Control.RenameAsync(repository, repository.Split('/')[1] + "-new");

        Assert.Equal(before + "-new", (await Repository.GetAsync(default)).FullName);
        Assert.True(File.Exists(Path.Combine(await CloneAsync(), "a.py")));
    }

    [Fact]
    public async Task Archive_Write_IsRefused()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n" });
        await emulator.Control.ArchiveAsync(repository);

        var failed = await Assert.ThrowsAsync<GitHubException>(() => Repository.Git.CreateBlobAsync("x"u8.ToArray(), default));

        Assert.Equal(GitHubFailure.Archived, failed.Failure);
    }

    [Fact]
    public async Task Fault_AnswerLost_HappenedAllTheSame()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string> { ["a.py"] = "one\n" });
        var start = (await Repository.Git.GetBranchAsync("main", default))!;
        await emulator.Control.InjectAsync(new EmulatedFault { Kind = "lost", Method = "POST", Path = $"^/repos/{repository}/git/refs" });

        var failed = await Assert.ThrowsAsync<GitHubException>(() => Repository.Git.CreateBranchAsync("codex/x", start, default));

        Assert.Equal(GitHubFailure.Unavailable, failed.Failure);
        Assert.Equal(start, await Repository.Git.GetBranchAsync("codex/x", default));
        Assert.Single(await emulator.Control.CalmAsync());
    }

    public void Dispose()
    {
        connection.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task<string> CloneAsync()
    {
        var target = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        await TestRepository.GitInAsync(folder.FullName, "-c", "credential.helper=", "clone", "-q", emulator.CloneUrl(repository), target);
        return target;
    }

    /// <summary>Takes deliveries as the service does: 202.</summary>
    private sealed class HookListener : IDisposable
    {
        private readonly HttpListener listener;

        public HookListener()
        {
            (listener, Address) = Start();
            _ = ListenAsync();
        }

        public Uri Address { get; }

        public List<(byte[] Body, string? Signature)> Received { get; } = [];

        public void Dispose() => listener.Close();

        private static (HttpListener Listener, Uri Address) Start()
        {
            // HttpListener takes no port 0: ask the system for one.
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            var started = new HttpListener { Prefixes = { address.AbsoluteUri } };
            started.Start();
            return (started, address);
        }

        private async Task ListenAsync()
        {
            while (listener.IsListening)
            {
                try
                {
                    var context = await listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    lock (Received)
                    {
                        Received.Add((body.ToArray(), context.Request.Headers[WebhookSignature.Header]));
                    }

                    context.Response.StatusCode = 202;
                    context.Response.Close();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
