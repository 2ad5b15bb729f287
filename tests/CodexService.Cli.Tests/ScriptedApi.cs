using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodexService.Cli.Tests;

/// <summary>One request as it arrived.</summary>
internal sealed record SeenRequest(string Method, string PathAndQuery, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>
/// An imitation of the API on a real socket. It knows one task and its events; a test says what goes wrong on the way.
/// </summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    public const string Token = "cdx_test";
    public const string Replay = """{"format":1}""";
    private readonly WebApplication app;
    private readonly ConcurrentQueue<SeenRequest> requests = new();
    private readonly TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int streams;

    private ScriptedApi(WebApplication app)
    {
        this.app = app;
    }

    public string Url { get; private set; } = string.Empty;

    public TaskDetail Task { get; set; } = Sample.Succeeded();

    public List<TaskEventInfo> Events { get; set; } = Sample.Events();

    public List<PullRequestInfo> PullRequests { get; } = [];

    /// <summary>Patches of single attempts.</summary>
    public Dictionary<int, string> AttemptPatches { get; } = [];

    /// <summary>The task's state when an attempt was chosen.</summary>
    public TaskState StateAfterChoice { get; set; } = TaskState.Publishing;

    /// <summary>After how many events the nth connection is cut; connections beyond the list are not.</summary>
    public List<int> CutStreamsAfter { get; } = [];

    /// <summary>Events that the stream leaves out; the log has them.</summary>
    public HashSet<long> LeftOutOfStream { get; } = [];

    /// <summary>Answers that come instead of the real one, first to last.</summary>
    public ConcurrentQueue<HttpStatusCode> Failures { get; } = new();

    /// <summary>Refuses every submission with this problem.</summary>
    public object? SubmissionProblem { get; set; }

    /// <summary>Refuses approvals of plans with this line.</summary>
    public string? PlanProblem { get; set; }

    /// <summary>Whether the stream waits for a cancel call after the scripted events.</summary>
    public bool RunsUntilCancelled { get; set; }

    /// <summary>Completes when a stream has sent all scripted events.</summary>
    public TaskCompletionSource Streamed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<SeenRequest> Requests => [.. requests];

    public static async Task<ScriptedApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(options => JsonConventions.Apply(options.SerializerOptions));
        var api = new ScriptedApi(builder.Build());
        api.Map();
        await api.app.StartAsync();
        api.Url = api.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        cancelled.TrySetResult();
        await app.DisposeAsync();
    }

    private void Map()
    {
        app.Use(RecordAsync);
        app.MapGet("/api/service", () => new ServiceInfo("1", "repair", "image", 100_000, 900));
        app.MapPost("/api/tasks", () => SubmissionProblem is null
            ? Results.Created($"/api/tasks/{Task.Summary.Id}", Sample.Queued(Task))
            : Results.Json(SubmissionProblem, contentType: "application/problem+json", statusCode: 400));
        app.MapGet("/api/tasks", () => new Page<TaskSummary>([Task.Summary], null));
        app.MapGet("/api/tasks/{id:guid}", (Guid id) => id == Task.Summary.Id ? Results.Json(Task, JsonConventions.Options) : Missing(id));
        app.MapGet("/api/tasks/{id:guid}/patch", () => Results.Text(Task.Patch, "text/x-diff"));
        app.MapGet("/api/tasks/{id:guid}/attempts/{number:int}/replay", () => Results.Text(Replay, "application/json"));
        app.MapGet("/api/tasks/{id:guid}/log", (long after, int limit) => Events.Where(item => item.Seq > after).Take(limit));
        app.MapGet("/api/tasks/{id:guid}/events", StreamAsync);
        app.MapPost("/api/tasks/{id:guid}/cancel", Cancel);
        app.MapPost("/api/tasks/{id:guid}/pause", () => Task);
        app.MapPost("/api/tasks/{id:guid}/resume", () => Task);
        app.MapPost("/api/tasks/{id:guid}/plan/approve", () => PlanProblem is null ? Results.Json(Task, JsonConventions.Options) : Results.Problem(statusCode: 409, title: PlanProblem));
        app.MapPost("/api/tasks/{id:guid}/messages", () => Results.Json(new TaskMessageInfo(1, "m", Sample.Start, null), JsonConventions.Options, statusCode: 201));
        app.MapPost("/api/tasks/{id:guid}/retry", () => Sample.Queued(Task));
        app.MapGet("/api/tasks/{id:guid}/attempts/{number:int}/patch", (int number) => AttemptPatches.TryGetValue(number, out var patch)
            ? Results.Text(patch, "text/x-diff")
            : Results.Problem(statusCode: 404, title: $"Attempt {number} has no patch."));
        app.MapPost("/api/tasks/{id:guid}/attempts/{number:int}/choose", (int number) => Task.Attempts.Any(attempt => attempt.Number == number && attempt.Verified)
            ? Results.Json(Task with { Summary = Task.Summary with { State = StateAfterChoice } }, JsonConventions.Options)
            : Results.Problem(statusCode: 409, title: $"Attempt {number} cannot be chosen."));
        app.MapPost("/api/tasks/{id:guid}/follow-ups", (FollowUpRequest asked) => Sample.Queued(Task) with
        {
            Prompts = [new TaskPromptInfo(1, Task.Prompt, default, null, "t"), new TaskPromptInfo(2, asked.Prompt, default, null, "t")],
        });
        app.MapPost("/api/tasks/{id:guid}/continue", () => Sample.Queued(Task));
        app.MapGet("/api/pull-requests", () => new Page<PullRequestInfo>(PullRequests, null));
        app.MapGet("/api/pull-requests/{number:int}", (int number) => PullRequests.Single(pull => pull.Number == number));
        app.MapPost("/api/pull-requests/{number:int}/reviews", (SubmitReviewRequest sent) => Results.Json(
            new ReviewInfo(Guid.NewGuid(), "me", sent.Event, "", "", Sample.Start, sent.Event == ReviewEvent.RequestChanges ? 2 : null, null, null, null, []),
            JsonConventions.Options,
            statusCode: 201));
        app.MapPost("/api/pull-requests/{number:int}/merge", Merge);
        app.MapPost("/api/pull-requests/{number:int}/resolve-conflicts", (int number) => Results.Json(PullRequests.Single(pull => pull.Number == number), statusCode: StatusCodes.Status202Accepted));
        app.MapPost("/api/pull-requests/{number:int}/close", (int number) => PullRequests.Single(pull => pull.Number == number) with { State = PullRequestState.Closed });
    }

    private async Task RecordAsync(HttpContext http, RequestDelegate next)
    {
        http.Request.EnableBuffering();
        using var reader = new StreamReader(http.Request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        http.Request.Body.Position = 0;
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        requests.Enqueue(new SeenRequest(http.Request.Method, http.Request.Path + http.Request.QueryString, body, headers));
        if (Failures.TryDequeue(out var failure))
        {
            http.Response.StatusCode = (int)failure;
        }
        else if (http.Request.Headers.Authorization != $"Bearer {Token}")
        {
            http.Response.StatusCode = 401;
        }
        else
        {
            await next(http);
        }
    }

    private async Task StreamAsync(HttpContext http)
    {
        var index = Interlocked.Increment(ref streams) - 1;
        var cut = index < CutStreamsAfter.Count ? CutStreamsAfter[index] : int.MaxValue;
        var after = long.TryParse(http.Request.Headers["Last-Event-ID"], out var last) ? last : 0;
        http.Response.ContentType = "text/event-stream";
        var sent = 0;
        foreach (var item in Events.Where(item => item.Seq > after && !LeftOutOfStream.Contains(item.Seq)).ToList())
        {
            if (sent++ == cut)
            {
                if (cut == 0)
                {
                    http.Abort();
                }

                // Ends without the closing event, as a proxy or a stopping service ends it.
                return;
            }

            await SendAsync(http, item);
        }

        var runs = RunsUntilCancelled;
        Streamed.TrySetResult();
        if (runs)
        {
            await cancelled.Task.WaitAsync(http.RequestAborted);
            await SendAsync(http, Events[^1]);
        }

        // A task with an open pull request may still get events, so the real stream would stay open here, too.
        if (Task.PullRequest is { State: PullRequestState.Open })
        {
            await cancelled.Task.WaitAsync(http.RequestAborted);
        }

        await http.Response.WriteAsync("event: end\ndata: {}\n\n");
    }

    private static async Task SendAsync(HttpContext http, TaskEventInfo item)
    {
        await http.Response.WriteAsync($"event: event\nid: {item.Seq}\ndata: {JsonSerializer.Serialize(item, JsonConventions.Options)}\n\n");
        await http.Response.Body.FlushAsync();
    }

    /// <summary>Ends the task, as the call of a client does.</summary>
    public IResult Cancel()
    {
        Task = Sample.Ended(Task, TaskState.Cancelled, "stopped by a person");
        Events = [.. Events, Sample.Event(Events.Count + 1, TaskEventTypes.TaskFinished, "Cancelled", new { state = "cancelled" })];
        RunsUntilCancelled = false;
        cancelled.TrySetResult();
        return Results.Json(Task, JsonConventions.Options);
    }

    private IResult Merge(int number)
    {
        var index = PullRequests.FindIndex(pull => pull.Number == number);
        var merging = PullRequests[index] with { State = PullRequestState.Merging };
        PullRequests[index] = merging with { State = PullRequestState.Merged, MergeCommit = "feed" };
        Events = [.. Events, Sample.Event(Events.Count + 1, TaskEventTypes.PullRequestMerged, "Merged", new { number })];
        return Results.Json(merging, JsonConventions.Options, statusCode: 202);
    }

    private static IResult Missing(Guid id) => Results.Problem(statusCode: 404, title: $"There is no task {id}.");
}
