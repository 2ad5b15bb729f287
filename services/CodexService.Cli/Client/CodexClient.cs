using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Polly;
using Polly.Retry;

namespace CodexService.Cli.Client;

/// <summary>
/// The REST API, typed. Calls that fail on the way are repeated, submissions under one idempotency key; a service that
/// came back at another address is found again through <paramref name="relocate"/>. Not thread-safe.
/// </summary>
/// <param name="http">Without a timeout of its own.</param>
/// <param name="address">Where the service answers now.</param>
/// <param name="relocate">Looks for the service after a failed connection; null keeps the address.</param>
/// <param name="time">Clock of the waits.</param>
internal sealed partial class CodexClient(
    HttpClient http, ServiceAddress address, Func<CancellationToken, Task<ServiceAddress?>> relocate, TimeProvider time)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    private readonly ResiliencePipeline<HttpResponseMessage> safe = Pipeline(time, IsPassing);
    private readonly ResiliencePipeline<HttpResponseMessage> once = Pipeline(time, NeverArrived);

    /// <summary>Where the service answers.</summary>
    public ServiceAddress Address { get; private set; } = address;

    public async Task<TaskDetail> SubmitAsync(SubmitTaskRequest submission, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        using var response = await SendAsync(
            safe,
            () =>
            {
                var request = Request(HttpMethod.Post, "/api/tasks");
                request.Headers.Add("Idempotency-Key", key);
                request.Content = JsonContent.Create(submission, options: JsonConventions.Options);
                return request;
            },
            cancellationToken);
        return await ReadAsync<TaskDetail>(response, cancellationToken);
    }

    public Task<TaskDetail> GetTaskAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<TaskDetail>($"/api/tasks/{id}", cancellationToken);

    public Task<Page<TaskSummary>> ListTasksAsync(TaskState? state, int limit, CancellationToken cancellationToken) =>
        GetAsync<Page<TaskSummary>>($"/api/tasks?limit={limit}{Filter(state)}", cancellationToken);

    public async Task<string> GetPatchAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(safe, () => Request(HttpMethod.Get, $"/api/tasks/{id}/patch"), cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task<string> GetReplayAsync(Guid id, int attempt, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(safe, () => Request(HttpMethod.Get, $"/api/tasks/{id}/attempts/{attempt}/replay"), cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public Task<TaskDetail> CancelAsync(Guid id, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail>($"/api/tasks/{id}/cancel", cancellationToken);

    public Task<TaskDetail> RetryAsync(Guid id, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail>($"/api/tasks/{id}/retry", cancellationToken);

    public Task<Page<PullRequestInfo>> ListPullRequestsAsync(PullRequestState? state, int limit, CancellationToken cancellationToken) =>
        GetAsync<Page<PullRequestInfo>>($"/api/pull-requests?limit={limit}{Filter(state)}", cancellationToken);

    public Task<PullRequestInfo> GetPullRequestAsync(int number, CancellationToken cancellationToken) =>
        GetAsync<PullRequestInfo>($"/api/pull-requests/{number}", cancellationToken);

    public Task<PullRequestInfo> MergeAsync(int number, CancellationToken cancellationToken) =>
        PostAsync<PullRequestInfo>($"/api/pull-requests/{number}/merge", cancellationToken);

    public Task<PullRequestInfo> CloseAsync(int number, CancellationToken cancellationToken) =>
        PostAsync<PullRequestInfo>($"/api/pull-requests/{number}/close", cancellationToken);

    public Task<PullRequestInfo> ResolveConflictsAsync(int number, CancellationToken cancellationToken) =>
        PostAsync<PullRequestInfo>($"/api/pull-requests/{number}/resolve-conflicts", cancellationToken);

    private static string Filter<T>(T? state)
        where T : struct, Enum =>
        state is null ? string.Empty : "&state=" + JsonSerializer.Serialize(state.Value, JsonConventions.Options).Trim('"');

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(safe, () => Request(HttpMethod.Get, path), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<T> PostAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(once, () => Request(HttpMethod.Post, path), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, Address.At(path));
        if (Address.Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Address.Token);
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline, Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await pipeline.ExecuteAsync(async token => await SendOnceAsync(create, token), cancellationToken);
        }
        catch (HttpRequestException problem)
        {
            throw new CliException($"The service at {Address.Url} does not answer: {problem.Message.TrimEnd('.')}. Start it with ./codex up, or correct CODEX_URL.", problem);
        }
        catch (TimeoutException problem)
        {
            throw new CliException($"The service at {Address.Url} did not answer within {CallLimit.TotalSeconds:0} s.", problem);
        }

        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw await RefusalAsync(response, cancellationToken);
            }
        }

        return response;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var request = create();
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException problem) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("No answer in time.", problem);
        }
        catch (OperationCanceledException problem) when (problem.InnerException is TimeoutException && !either.IsCancellationRequested)
        {
            // The limit of connecting is the handler's own, and it passes as a refused connection does.
            Address = await relocate(cancellationToken) ?? Address;
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the connection was not made in time", problem);
        }
        catch (HttpRequestException)
        {
            Address = await relocate(cancellationToken) ?? Address;
            throw;
        }
    }

    private async Task<CliException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new CliException(Address.Token is null
                ? $"The service at {Address.Url} wants an API token: set CODEX_TOKEN, or CODEX_DATA to the folder that holds it."
                : $"The service at {Address.Url} does not accept this API token: check CODEX_TOKEN and CODEX_DATA (./codex token says which is used).");
        }

        ProblemDetails? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(JsonConventions.Options, cancellationToken);
        }
        catch (JsonException)
        {
            // Something between here and the service answered; the status says what there is to say.
        }

        return new CliException((problem ?? new ProblemDetails(null, null, null)).Describe(response.StatusCode, response.RequestMessage!.RequestUri!.ToString()));
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(JsonConventions.Options, cancellationToken)
                ?? throw new JsonException("empty");
        }
        catch (JsonException problem)
        {
            throw new CliException($"{Address.Url} does not answer as a Codex service of this version does.", problem);
        }
    }

    private static ResiliencePipeline<HttpResponseMessage> Pipeline(
        TimeProvider time, Func<Outcome<HttpResponseMessage>, bool> shouldRepeat) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                Name = "codex-api",
                MaxRetryAttempts = 5,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(2),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(shouldRepeat(arguments.Outcome)),
            })
            .Build();

    // A budget that is used up asks for hours, and says so.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException
        || outcome.Result?.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout
        || outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests, Headers.RetryAfter.Delta: { } wait } && wait <= LongestWait;

    /// <summary>A state-changing call without an idempotency key is repeated only when the service cannot have seen it.</summary>
    private static bool NeverArrived(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}
