using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodexService.Testing.ScriptedModels;

/// <summary>What a <see cref="ScriptedModelServer"/> is like apart from its script.</summary>
public sealed record ScriptedModelOptions
{
    /// <summary>The key that it wants; <see langword="null"/> accepts any and none.</summary>
    public string? Key { get; init; }

    /// <summary>Models that it serves. Default <c>scripted</c>; other names are answered 404.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["scripted"];

    /// <summary>
    /// Whether it takes <c>tools</c>; otherwise it refuses them with 400, and says the calls of its turns in the text, in the
    /// form <c>&lt;call name="…"&gt;</c>. Default yes.
    /// </summary>
    public bool NativeTools { get; init; } = true;

    /// <summary>
    /// Whether its chat template insists on user and assistant in turn, as Mistral's does: tool results and the answers that
    /// called for them are passed over, the rest has to alternate. Refused with 400. Default no.
    /// </summary>
    public bool StrictTurns { get; init; }

    /// <summary>Whether its chat template takes a system message, else 400 as Gemma's. Default yes.</summary>
    public bool SystemRole { get; init; } = true;

    /// <summary>Context length that its model list tells, as vLLM does; <see langword="null"/> tells none.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Its tokenizer behind <c>POST /tokenize</c>; <see langword="null"/> for none (404).</summary>
    public Func<string, int>? Tokenizer { get; init; }

    /// <summary>Other addresses that answer GET and POST with fixed JSON, for example <c>/props</c> or <c>/api/show</c>.</summary>
    public IReadOnlyDictionary<string, string> Pages { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Characters of text or arguments in one delta of a stream. Default 16.</summary>
    public int DeltaLength { get; init; } = 16;
}

/// <summary>
/// A model endpoint for tests: real HTTP on a free port, the wire formats of OpenAI (<c>/v1/chat/completions</c>,
/// <c>/v1/models</c>) and Anthropic (<c>/v1/messages</c>), streaming or not, with answers and faults from a script. It is
/// not a model: it says what the test wrote. Thread-safe.
/// </summary>
public sealed class ScriptedModelServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Func<ScriptedRequest, Task<ScriptedTurn>> script;
    private readonly ScriptedModelOptions options;
    private readonly ConcurrentQueue<ScriptedTurn> queued;
    private readonly ConcurrentQueue<ScriptedRequest> requests = new();
    private readonly Channel<ScriptedRequest> arrivals = Channel.CreateUnbounded<ScriptedRequest>();
    private readonly CancellationTokenSource stopping = new();
    private int count;

    private ScriptedModelServer(
        WebApplication app, Func<ScriptedRequest, Task<ScriptedTurn>>? script, IEnumerable<ScriptedTurn> turns, ScriptedModelOptions options)
    {
        this.app = app;
        this.options = options;
        queued = new(turns);
        this.script = script ?? NextOfQueue;
    }

    /// <summary>Base address for OpenAI clients, ending in <c>/v1</c>; take <see cref="RootUrl"/> for Anthropic's.</summary>
    public string BaseUrl => RootUrl + "/v1";

    /// <summary>Address without <c>/v1</c>.</summary>
    public string RootUrl { get; private set; } = "";

    /// <summary>Completion requests so far, oldest first, refused ones included.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. requests];

    /// <summary>Starts one that plays the turns in order; more can be added later. After the last it answers 400 and says so.</summary>
    public static Task<ScriptedModelServer> StartAsync(params ScriptedTurn[] turns) => StartAsync(null, turns, new());

    /// <summary>As above, with properties of its own.</summary>
    public static Task<ScriptedModelServer> StartAsync(ScriptedModelOptions options, params ScriptedTurn[] turns) => StartAsync(null, turns, options);

    /// <summary>Starts one that decides by the request.</summary>
    public static Task<ScriptedModelServer> StartAsync(Func<ScriptedRequest, ScriptedTurn> script, ScriptedModelOptions? options = null) =>
        StartAsync(request => Task.FromResult(script(request)), [], options ?? new());

    /// <summary>Adds a turn to the queue.</summary>
    public void Enqueue(ScriptedTurn turn) => queued.Enqueue(turn);

    /// <summary>Waits for the next completion request that no earlier call returned.</summary>
    public async Task<ScriptedRequest> NextRequestAsync() => await arrivals.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private static async Task<ScriptedModelServer> StartAsync(
        Func<ScriptedRequest, Task<ScriptedTurn>>? script, IEnumerable<ScriptedTurn> turns, ScriptedModelOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = new ScriptedModelServer(builder.Build(), script, turns, options);
        server.app.Run(server.HandleAsync);
        await server.app.StartAsync();
        server.RootUrl = server.app.Urls.Single();
        return server;
    }

    private Task<ScriptedTurn> NextOfQueue(ScriptedRequest request) => Task.FromResult(queued.TryDequeue(out var turn)
        ? turn
        : ScriptedTurn.Error(400, "script_ended", $"The script has no turn for request {request.Number}."));

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        try
        {
            var answering = (context.Request.Method, path) switch
            {
                ("POST", "/v1/chat/completions") => CompleteAsync(context, new OpenAiWire(options.DeltaLength)),
                ("POST", "/v1/messages") => CompleteAsync(context, new AnthropicWire(options.DeltaLength)),
                ("GET", "/v1/models") => ListModelsAsync(context),
                ("POST", "/tokenize") when options.Tokenizer is not null => TokenizeAsync(context, options.Tokenizer),
                _ when options.Pages.TryGetValue(path, out var page) => WritePageAsync(context, page),
                _ => NotFoundAsync(context),
            };
            await answering;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client left, or the server stops.
        }
    }

    private async Task CompleteAsync(HttpContext context, ScriptedWire wire)
    {
        // Whole also when the client leaves meanwhile: what has come counts as asked.
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: CancellationToken.None);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new ScriptedRequest(Interlocked.Increment(ref count), context.Request.Path.Value!, headers, body);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        requests.Enqueue(request);
        arrivals.Writer.TryWrite(request);
        var turn = Refusal(context, request) ?? await script(request);
        turn = options.NativeTools ? turn : ScriptedCallText.Put(turn);
        try
        {
            await turn.Before.WaitAsync(ending.Token);
            await wire.WriteAsync(context, request, turn, ending.Token);
        }
        finally
        {
            if (context.RequestAborted.IsCancellationRequested && turn.End != ScriptedEnd.Reset)
            {
                request.MarkAborted();
            }
        }
    }

    private ScriptedTurn? Refusal(HttpContext context, ScriptedRequest request) =>
        !IsAllowed(context) ? ScriptedTurn.WrongKey()
        : !options.Models.Contains(request.Model) ? ScriptedTurn.UnknownModel(request.Model)
        : request.HasTools && !options.NativeTools ? ScriptedTurn.ToolsRefused()
        : !options.SystemRole && request.Roles.Contains("system") ? ScriptedTurn.SystemRefused()
        : options.StrictTurns && !request.Alternates ? ScriptedTurn.TurnsRefused()
        : null;

    private bool IsAllowed(HttpContext context) => options.Key is null
        || context.Request.Headers.Authorization == $"Bearer {options.Key}"
        || context.Request.Headers["x-api-key"] == options.Key;

    private Task ListModelsAsync(HttpContext context)
    {
        if (!IsAllowed(context))
        {
            context.Response.StatusCode = 401;
            return WritePageAsync(context, "{\"error\":{\"message\":\"Incorrect API key provided.\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}");
        }

        var data = options.Models.Select(model => options.ContextTokens is { } tokens
            ? (object)new { id = model, @object = "model", created = 0, owned_by = "script", max_model_len = tokens }
            : new { id = model, @object = "model", created = 0, owned_by = "script" });
        return WritePageAsync(context, JsonSerializer.Serialize(new { @object = "list", data }));
    }

    private static async Task TokenizeAsync(HttpContext context, Func<string, int> tokenizer)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        var text = body.TryGetProperty("prompt", out var prompt) ? prompt : body.GetProperty("content");
        var tokens = new int[tokenizer(text.GetString() ?? "")];
        await WritePageAsync(context, JsonSerializer.Serialize(new { count = tokens.Length, tokens }));
    }

    private static Task WritePageAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return WritePageAsync(context, "{\"detail\":\"Not Found\"}");
    }
}
