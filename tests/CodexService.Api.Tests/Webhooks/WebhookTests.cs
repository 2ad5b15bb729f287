using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CodexService.Api.Tests.Hosting;
using CodexService.Api.Webhooks;
using CodexService.Contracts.Api;
using CodexService.GitHub.Webhooks;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;
using Microsoft.Extensions.Logging;

namespace CodexService.Api.Tests.Webhooks;

/// <summary>An API that knows the webhook's secret.</summary>
public sealed class WebhookFixture : IAsyncLifetime
{
    internal const string Secret = "a secret that nobody guesses";
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-api-tests-");
    private ApiHost? host;
    private ApiClient? client;

    internal ApiHost Host => host!;

    internal ApiClient Client => client!;

    internal string Database { get; private set; } = "";

    internal string Folder => folder.FullName;

    public async Task InitializeAsync()
    {
        Database = await postgres.CreateDatabaseAsync();
        host = await ApiHost.StartAsync(Database, folder.FullName, (WebhookOptions.SecretName, Secret), ("Webhooks:MaxBodyBytes", "2097152"));
        client = new ApiClient(host.Address, host.FirstToken);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    internal Task<string> OtherDatabaseAsync() => postgres.CreateDatabaseAsync();
}

/// <summary>Deliveries as GitHub and as others send them.</summary>
public sealed class WebhookTests(WebhookFixture api) : IClassFixture<WebhookFixture>
{
    private const string Body = """{"action":"labeled","issue":{"number":7,"title":"t","body":"b","state":"open"},"label":{"name":"codex"},"repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"ann","type":"User"}}""";

    private ApiHost Host => api.Host;

    private ApiClient Client => api.Client;

    [Fact]
    public async Task Delivery_Signed_IsStoredAndListed()
    {
        var answer = await SendAsync(Body, "d-1");
        Assert.Equal(new ReceivedDelivery("d-1", true), await ApiClient.ReadAsync<ReceivedDelivery>(answer, HttpStatusCode.Accepted));

        var listed = Assert.Single((await Client.GetAsync<Page<DeliveryInfo>>("/api/github/deliveries?limit=200")).Items, delivery => delivery.Id == "d-1");
        Assert.Equal(("d-1", "issues", "labeled", "acme/shop", 7, "ann", DeliveryState.Received), (listed.Id, listed.Event, listed.Action, listed.Repository, listed.Number, listed.Sender, listed.State));
        Assert.Single(await Sql.RowsAsync(api.Database, "SELECT body FROM deliveries WHERE id = 'd-1'"), row => Encoding.UTF8.GetString((byte[])row[0]!) == Body);
        Assert.Contains(await Client.GetAsync<GitHubRepositoryInfo[]>("/api/github/repositories"), repository => repository.Name == "acme/shop");
    }

    [Fact]
    public async Task Delivery_AboveAMegabyte_IsStoredAsWhatIsReadOfIt()
    {
        var commits = string.Join(',', Enumerable.Range(0, 20_000).Select(number => $$"""{"id":"{{number}}","message":"Change {{number}} of the shop's pages" }"""));
        var large = $$"""{"commits":[{{commits}}],"ref":"refs/heads/main","after":"{{new string('a', 40)}}","repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"ann","type":"User"} }""";
        Assert.True(large.Length > LargeBodies.Small, "the body has to be a large one");
        using var answer = await SendAsync(large, "d-large");

        var row = Assert.Single(await Sql.RowsAsync(api.Database, "SELECT repository, sender, body FROM deliveries WHERE id = 'd-large'"));
        Assert.Equal(("acme/shop", "ann"), ((string)row[0]!, (string)row[1]!));
        Assert.True(((byte[])row[2]!).Length < 1000, "it is stored with its commits");
        Assert.Equal(WebhookPayload.Read(Encoding.UTF8.GetBytes(large)), WebhookPayload.Read((byte[])row[2]!));
    }

    [Fact]
    public async Task Delivery_ReplayedAThousandTimesAtOnce_IsStoredOnce()
    {
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
        {
            using var answer = await SendAsync(Body, "d-2");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        });

        Assert.Equal(1L, (await Sql.RowsAsync(api.Database, "SELECT count(*) FROM deliveries WHERE id = 'd-2'"))[0][0]);
    }

    [Theory]
    [InlineData("sha256=")]
    [InlineData("sha1=0000000000000000000000000000000000000000")]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256=zzzz000000000000000000000000000000000000000000000000000000000000")]
    public async Task Delivery_WithoutItsSignature_IsRefusedAndNotStored(string? signature)
    {
        await RefusedAsync(Request(Body, "d-3", signature), HttpStatusCode.Unauthorized, "The header X-Hub-Signature-256 does not fit the body: the webhook's secret on GitHub has to be the one that is configured here.");
        await NothingStoredAsync("d-3");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Delivery_Unsigned_IsToldWhatIsMissingAndTheLogWhereTheSecretIsFrom(string? signature)
    {
        await RefusedAsync(
            Request(Body, "d-unsigned", signature),
            HttpStatusCode.Unauthorized,
            "The header X-Hub-Signature-256 is missing: the webhook's secret on GitHub has to be the one that is configured here.");
        await NothingStoredAsync("d-unsigned");
        Assert.Contains(Host.Log.Texts, text => text.Contains("what is in CODEX_GITHUB_WEBHOOK_SECRET: put that into the webhook's settings on GitHub, field Secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delivery_NotSignedByTheAppOfTheDashboard_IsToldTheSameAsWithAConfiguredSecret()
    {
        var database = await api.OtherDatabaseAsync();
        await using var host = await ApiHost.StartAsync(database, api.Folder);
        await using (var services = new TaskServices(database))
        {
            await services.Get<GitHubLinks>().SaveWebhookSecretAsync("made by GitHub for the App", default);
        }

        using var anonymous = new HttpClient { BaseAddress = host.Address };
        Assert.Equal(
            "The header X-Hub-Signature-256 does not fit the body: the webhook's secret on GitHub has to be the one that is configured here.",
            (await ApiClient.ProblemAsync(await anonymous.SendAsync(Request(Body, "d-app", Sign(Body))), HttpStatusCode.Unauthorized)).Title);
        Assert.Contains(host.Log.Texts, text => text.Contains("the secret of the App that was made on the dashboard", StringComparison.Ordinal));
    }

    [Fact]
    public void Refused_OneAfterTheOther_AreLoggedOnceAMinuteWithTheirNumber()
    {
        using var log = new RecordedLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var clock = new TestClock();
        var refused = new RefusedDeliveries(clock, factory.CreateLogger<RefusedDeliveries>());
        for (var i = 0; i < 1000; i++)
        {
            refused.Tell("do this");
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        refused.Tell("do this");
        Assert.Equal(["(1 since the last such line)", "(1000 since the last such line)"], log.Texts.Select(text => text[text.IndexOf('(')..(text.IndexOf(')') + 1)]));
    }

    [Fact]
    public async Task Delivery_ChangedAfterSigning_IsRefused()
    {
        await RefusedAsync(Request(Body.Replace("acme", "evil", StringComparison.Ordinal), "d-4", Sign(Body)), HttpStatusCode.Unauthorized, "does not fit the body");
        await NothingStoredAsync("d-4");
    }

    [Fact]
    public async Task Delivery_LargerThanAllowed_IsRefused()
    {
        var large = $"{{\"x\":\"{new string('a', 2 << 20)}\"}}";
        await RefusedAsync(Request(large, "d-5", Sign(large)), HttpStatusCode.RequestEntityTooLarge, "larger than 2,097,152 bytes");

        // Without a length, as HTTP allows it.
        var chunked = Request(large, "d-5", Sign(large));
        chunked.Headers.TransferEncodingChunked = true;
        await RefusedAsync(chunked, HttpStatusCode.RequestEntityTooLarge, "larger than 2,097,152 bytes");
        await NothingStoredAsync("d-5");
    }

    [Fact]
    public async Task Delivery_WhoseBodyDoesNotArrive_IsGivenUp()
    {
        await using var host = await ApiHost.StartAsync(await api.OtherDatabaseAsync(), api.Folder, (WebhookOptions.SecretName, WebhookFixture.Secret), ("Webhooks:BodyTime", "00:00:01"));
        var address = host.Address;
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /webhooks/github HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{{"));

        using var answer = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 408 Request Timeout", await answer.ReadLineAsync());
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "issues", "d-9", HttpStatusCode.UnsupportedMediaType, "choose that content type")]
    [InlineData("application/json", "issues; drop", "d-10", HttpStatusCode.BadRequest, "X-GitHub-Event")]
    [InlineData("application/json", "issues", "", HttpStatusCode.BadRequest, "X-GitHub-Delivery")]
    public async Task Delivery_NotAsGitHubSendsIt_IsRefusedWithWhy(string contentType, string name, string id, HttpStatusCode status, string why)
    {
        var request = Request(Body, id, Sign(Body), name);
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        await RefusedAsync(request, status, why);
        await NothingStoredAsync(id);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"repository":7}""")]
    public async Task Delivery_ThatIsNone_IsRefusedInOneLine(string body) =>
        await RefusedAsync(Request(body, "d-6", Sign(body)), HttpStatusCode.BadRequest, "is not the JSON of a issues delivery");

    [Fact]
    public async Task Redeliver_Handled_WaitsAgain_AndWaitingIsRefused()
    {
        await SendAsync(Body, "d-7");
        await using var services = new TaskServices(api.Database);
        var store = services.Get<DeliveryStore>();
        Assert.NotNull(await store.ClaimAsync("d-7", default));
        Assert.Null(await store.ClaimAsync("d-7", default));
        await store.EndAsync("d-7", DeliveryState.Refused, "bob has no write access to acme/shop", null, default);
        Assert.Equal("bob has no write access to acme/shop", Assert.Single((await Client.GetAsync<Page<DeliveryInfo>>("/api/github/deliveries?state=refused")).Items, delivery => delivery.Id == "d-7").Decision);

        Assert.Equal(DeliveryState.Received, (await ApiClient.ReadAsync<DeliveryInfo>(await Client.PostAsync("/api/github/deliveries/d-7/redeliver"), HttpStatusCode.Accepted)).State);
        await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/deliveries/d-7/redeliver"), HttpStatusCode.Conflict);
        await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/deliveries/none/redeliver"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Deliveries_InPages_ComeOnceEachNewestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(Body.Replace("acme/shop", "acme/paged", StringComparison.Ordinal), $"page-{i}");
        }

        var (seen, cursor) = (new List<string>(), (string?)"");
        while (cursor is not null)
        {
            var page = await Client.GetAsync<Page<DeliveryInfo>>($"/api/github/deliveries?repository=acme/paged&limit=2{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            seen.AddRange(page.Items.Select(delivery => delivery.Id));
            cursor = page.NextCursor;
        }

        Assert.Equal(["page-4", "page-3", "page-2", "page-1", "page-0"], seen);
        await ApiClient.ProblemAsync(await Client.SendAsync(HttpMethod.Get, "/api/github/deliveries?cursor=x"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Manifest_AsksForNoMoreThanIsUsed_AndItsStateIsGoodOnce()
    {
        var manifest = await ApiClient.ReadAsync<GitHubManifest>(
            await Client.PostAsync("/api/github/manifest", new NewAppRequest("https://codex.example.com/", "codex-acme", "acme")), HttpStatusCode.OK);
        Assert.Equal($"https://github.com/organizations/acme/settings/apps/new?state={manifest.State}", manifest.Action);
        Assert.Contains("\"hook_attributes\":{\"url\":\"https://codex.example.com/webhooks/github\"", manifest.Manifest, StringComparison.Ordinal);
        Assert.Contains("""{"contents":"write","pull_requests":"write","issues":"write","checks":"write","metadata":"read"}""", manifest.Manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("workflows", manifest.Manifest, StringComparison.Ordinal);

        var request = new ConnectGitHubRequest("one-time-code", manifest.State);
        Assert.Equal(HttpStatusCode.Accepted, (await Client.PostAsync("/api/github/connect", request)).StatusCode);
        await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/connect", request), HttpStatusCode.Conflict);
        await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/connect", request with { State = "guessed" }), HttpStatusCode.Conflict);
        await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/connect", request with { Code = "../x" }), HttpStatusCode.BadRequest);
        Assert.DoesNotContain(Host.Log.Texts, text => text.Contains("one-time-code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Manifest_WhileAnAppIsConnectedAndWorks_IsRefused()
    {
        await Sql.ExecuteAsync(api.Database, "INSERT INTO github_connection (id, kind, name, api_url) VALUES (1, 'app', 'codex-acme', 'https://api.github.com/')");
        try
        {
            var request = new NewAppRequest("https://codex.example.com/", "other", null);
            Assert.StartsWith(
                "The App codex-acme is connected and works", (await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/manifest", request), HttpStatusCode.Conflict)).Title, StringComparison.Ordinal);

            await Sql.ExecuteAsync(api.Database, "UPDATE github_connection SET problem = 'the key is not accepted'");
            Assert.Equal(HttpStatusCode.OK, (await Client.PostAsync("/api/github/manifest", request)).StatusCode);
        }
        finally
        {
            await Sql.ExecuteAsync(api.Database, "DELETE FROM github_connection");
        }
    }

    [Theory]
    [InlineData("ftp://x", "codex", null, "public_url")]
    [InlineData("https://x", "", null, "name has to be")]
    [InlineData("https://x", "codex", "a/b", "organization has to be")]
    public async Task Manifest_BadInput_SaysWhatIsWrong(string url, string name, string? organization, string why) => Assert.Contains(
        why,
        (await ApiClient.ProblemAsync(await Client.PostAsync("/api/github/manifest", new NewAppRequest(url, name, organization)), HttpStatusCode.BadRequest)).Title,
        StringComparison.Ordinal);

    [Fact]
    public async Task Delivery_WithoutASecret_SaysWhatIsMissing_AndAShortSecretStopsTheStart()
    {
        var other = await api.OtherDatabaseAsync();
        await using (var bare = await ApiHost.StartAsync(other, api.Folder))
        {
            using var anonymous = new HttpClient { BaseAddress = bare.Address };
            Assert.Contains("CODEX_GITHUB_WEBHOOK_SECRET", (await ApiClient.ProblemAsync(await anonymous.SendAsync(Request(Body, "d-8", Sign(Body))), HttpStatusCode.NotFound)).Title, StringComparison.Ordinal);
        }

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => ApiHost.StartAsync(other, api.Folder, (WebhookOptions.SecretName, "short")));
        Assert.StartsWith("CODEX_GITHUB_WEBHOOK_SECRET is too short", problem.Message, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(string body, string id)
    {
        using var http = new HttpClient { BaseAddress = Host.Address };
        return await http.SendAsync(Request(body, id, Sign(body)));
    }

    private async Task RefusedAsync(HttpRequestMessage request, HttpStatusCode status, string why)
    {
        using var http = new HttpClient { BaseAddress = Host.Address };
        Assert.Contains(why, (await ApiClient.ProblemAsync(await http.SendAsync(request), status)).Title, StringComparison.Ordinal);
    }

    private async Task NothingStoredAsync(string id) => Assert.Equal(0L, (await Sql.RowsAsync(api.Database, $"SELECT count(*) FROM deliveries WHERE id = '{id}'"))[0][0]);

    private static HttpRequestMessage Request(string body, string id, string? signature, string name = "issues")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/github") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-GitHub-Event", name);
        request.Headers.TryAddWithoutValidation("X-GitHub-Delivery", id);
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Hub-Signature-256", signature);
        }

        return request;
    }

    private static string Sign(string body) => $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(WebhookFixture.Secret), Encoding.UTF8.GetBytes(body)))}";
}
