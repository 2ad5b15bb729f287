using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.RateLimiting;
using CodexService.GitHub.Configuration;
using Polly;
using Polly.Retry;

namespace CodexService.GitHub.Transport;

/// <summary>
/// Sends calls: conditional requests, pages, GitHub's limits, repetitions of what failed in passing. What it throws is a
/// <see cref="GitHubException"/> whose text is free of credentials. Thread-safe.
/// </summary>
internal sealed class GitHubTransport : IDisposable
{
    private const int LargestAnswer = 64 << 20;
    private const int MostRedirects = 3;
    private const string ApiVersion = "2022-11-28";

    private readonly HttpClient http;
    private readonly GitHubOptions options;
    private readonly TimeProvider time;
    private readonly AnswerCache cache;
    private readonly SlidingWindowRateLimiter contentWrites;
    private readonly ResiliencePipeline repetitions;

    public GitHubTransport(HttpClient http, GitHubOptions options, TimeProvider time)
    {
        this.http = http;
        this.options = options;
        this.time = time;
        http.Timeout = Timeout.InfiniteTimeSpan;
        cache = new AnswerCache(options.CachedAnswers);
        contentWrites = new SlidingWindowRateLimiter(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = options.ContentWritesPerMinute,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 12,
            QueueLimit = int.MaxValue,
        });
        Limits = new AccountLimits(time);
        repetitions = Repetitions(options, time);
    }

    /// <summary>The limits that GitHub has set.</summary>
    public AccountLimits Limits { get; }

    /// <summary>Where GraphQL is, seen from the REST API's address: an Enterprise Server has it beside <c>/api/v3</c>.</summary>
    public string GraphQlPath => options.ApiUrl.AbsolutePath.EndsWith("/api/v3/", StringComparison.Ordinal) ? "../graphql" : "graphql";

    /// <summary>One call and its JSON answer.</summary>
    /// <exception cref="GitHubException">It did not succeed.</exception>
    public async Task<T> SendAsync<T>(GitHubRequest request, string? token, CancellationToken cancellationToken) =>
        Read<T>(request, (await SendAsync(request, token, cancellationToken)).Body);

    /// <summary>All entries of a list, page by page.</summary>
    /// <exception cref="GitHubException">A page could not be read.</exception>
    public async Task<IReadOnlyList<T>> ListAsync<TPage, T>(GitHubRequest request, string? token, int most, Func<TPage, IReadOnlyList<T>> entries, CancellationToken cancellationToken)
    {
        List<T> all = [];
        Uri? page = new(options.ApiUrl, request.Path);
        while (page is not null && all.Count < most)
        {
            var answer = await SendAsync(request with { Path = page.AbsoluteUri }, token, cancellationToken);
            all.AddRange(entries(Read<TPage>(request, answer.Body)));
            page = answer.Next;
        }

        return all.Count <= most ? all : all[..most];
    }

    /// <summary>One call.</summary>
    /// <exception cref="GitHubException">It did not succeed.</exception>
    public async Task<GitHubAnswer> SendAsync(GitHubRequest request, string? token, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestKey, request);
        try
        {
            return await repetitions.ExecuteAsync(
                static async (inner, state) => await state.Transport.SendOnceAsync(state.Request, state.Token, inner.CancellationToken),
                context,
                (Transport: this, Request: request, Token: token));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose()
    {
        contentWrites.Dispose();
        http.Dispose();
    }

    private const string OnTheWay = "check GITHUB_API_URL and the network";

    private static readonly ResiliencePropertyKey<GitHubRequest> RequestKey = new("request");

    private string Place => $"{options.ApiUrl.Host}:{options.ApiUrl.Port}";

    private static ResiliencePipeline Repetitions(GitHubOptions options, TimeProvider time) => options.Retries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { Name = "github", TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                Name = "retry",
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.LongestRetryDelay,
                ShouldHandle = attempt => ValueTask.FromResult(
                    attempt.Outcome.Exception is GitHubException failed
                    && !(failed.RetryAfter > options.LongestRetryDelay)
                    && (failed.Failure == GitHubFailure.RateLimited
                        || (failed.Failure == GitHubFailure.Unavailable && attempt.Context.Properties.TryGetValue(RequestKey, out var request) && request.IsRepeatable))),
                DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as GitHubException)?.RetryAfter),
            })
            .Build();

    private async Task<GitHubAnswer> SendOnceAsync(GitHubRequest request, string? token, CancellationToken cancellationToken)
    {
        await LimitAsync(request, token, cancellationToken);
        if (request.CreatesContent)
        {
            using var permit = await contentWrites.AcquireAsync(1, cancellationToken);
            await LimitAsync(request, token, cancellationToken);
        }

        using var timeout = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await FollowAsync(request, token, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitHubException(GitHubFailure.Unavailable, $"GitHub did not answer at {Place} within {options.RequestTimeout.TotalSeconds:N0} s (to {request.Does}); {OnTheWay}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new GitHubException(GitHubFailure.Unavailable, $"GitHub cannot be reached at {Place} (to {request.Does}): {Root(e)}; {OnTheWay}", e);
        }
    }

    // Sits out a limit that another call met. Others may meet the next one meanwhile, so all waits together have an end.
    private async Task LimitAsync(GitHubRequest request, string? token, CancellationToken cancellationToken)
    {
        var waited = TimeSpan.Zero;
        while (Limits.Pause(token) is var pause && pause > TimeSpan.Zero)
        {
            waited += pause;
            if (waited > options.LongestRetryDelay)
            {
                throw GitHubErrors.Limited(request, pause);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    // A renamed or moved repository answers with its new address. The token goes to no other place than the API's.
    private async Task<GitHubAnswer> FollowAsync(GitHubRequest request, string? token, CancellationToken cancellationToken)
    {
        var address = new Uri(options.ApiUrl, request.Path);
        for (var redirects = 0; ; redirects++)
        {
            var known = request.Method == HttpMethod.Get ? cache.Find(address, token) : null;
            using var message = await MessageAsync(request, address, token, cancellationToken);
            if (known is { } old)
            {
                message.Headers.IfNoneMatch.Add(old.Tag);
            }

            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (RateLimits.UsedUp(answer, time.GetUtcNow()) is { } usedUp)
            {
                Limits.Block(token, usedUp);
            }

            if (answer.StatusCode == HttpStatusCode.NotModified && known is { } kept)
            {
                return kept.Answer;
            }

            if (redirects < MostRedirects && Moved(answer, address) is { } moved)
            {
                address = moved;
                continue;
            }

            var body = await ReadAsync(answer, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                var failed = GitHubErrors.From(request, answer, body, time.GetUtcNow());
                if (failed is { Failure: GitHubFailure.RateLimited, RetryAfter: { } pause })
                {
                    Limits.Block(token, pause);
                }

                throw failed;
            }

            var result = new GitHubAnswer(body, LinkHeader.Next(answer, options.ApiUrl)) { Last = LinkHeader.Last(answer, options.ApiUrl), TokenExpires = TokenExpires(answer) };
            cache.Keep(address, token, answer.Headers.ETag, result);
            return result;
        }
    }

    // Of a personal token that ends some day; written as "2026-11-30 12:00:00 UTC".
    private static DateTimeOffset? TokenExpires(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("github-authentication-token-expiration", out var values)
        && DateTimeOffset.TryParse(values.FirstOrDefault()?.Replace(" UTC", " +00:00", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUniversalTime()
            : null;

    private Uri? Moved(HttpResponseMessage answer, Uri address) =>
        answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && answer.Headers.Location is { } location
        && new Uri(address, location) is var target
        && options.ApiUrl.IsBaseOf(target)
            ? target
            : null;

    private static async Task<HttpRequestMessage> MessageAsync(GitHubRequest request, Uri address, string? token, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(request.Method, address);
        message.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        message.Headers.Accept.ParseAdd("application/vnd.github+json");
        message.Headers.UserAgent.ParseAdd("CodexService");
        message.Headers.Add("X-GitHub-Api-Version", ApiVersion);
        if (request.Body is not null)
        {
            message.Content = JsonContent.Create(request.Body, request.Body.GetType(), options: GitHubJson.Options);

            // With a length: not every proxy in front of an Enterprise Server takes chunks.
            await message.Content.LoadIntoBufferAsync(cancellationToken);
        }

        return message;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > LargestAnswer)
            {
                throw new IOException($"the answer is larger than {LargestAnswer >> 20} MiB");
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    internal static T Read<T>(GitHubRequest request, byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, GitHubJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new GitHubException(GitHubFailure.Unavailable, $"GitHub's answer to {request.Does} cannot be read; is GITHUB_API_URL the address of the REST API?", e);
        }
    }

    private static string Root(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }
}
