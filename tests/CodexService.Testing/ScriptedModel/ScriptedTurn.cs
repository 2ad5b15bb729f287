using System.Text.Json;

namespace CodexService.Testing.ScriptedModels;

/// <summary>One tool call that the scripted model makes.</summary>
/// <param name="Name">Name of the tool; any string, also of a tool that is not there.</param>
/// <param name="Arguments">Arguments as they go over the wire; normally a JSON object, also garbage.</param>
/// <param name="Id">Id of the call; <see langword="null"/> for one made up from its place.</param>
public sealed record ScriptedCall(string Name, string Arguments, string? Id = null)
{
    /// <summary>A call whose arguments are an object's properties.</summary>
    public static ScriptedCall Of(string name, object arguments) => new(name, JsonSerializer.Serialize(arguments));
}

/// <summary>The tokens that the scripted endpoint reports.</summary>
/// <param name="Input">Prompt tokens, cached ones included.</param>
/// <param name="Cached">Prompt tokens from the cache.</param>
/// <param name="Output">Answer tokens.</param>
public sealed record ScriptedUsage(int Input, int Cached, int Output);

/// <summary>How the scripted endpoint ends an answer.</summary>
public enum ScriptedEnd
{
    /// <summary>As the protocol wants it.</summary>
    Proper,

    /// <summary>The stream ends after the content, without finish reason, usage and end marker.</summary>
    Truncated,

    /// <summary>The connection is reset after the content.</summary>
    Reset,

    /// <summary>After the content nothing comes any more until <see cref="ScriptedTurn.Release"/> completes or the client leaves.</summary>
    Silence,
}

/// <summary>What the scripted model does with one request: an answer, or a fault.</summary>
public sealed record ScriptedTurn
{
    /// <summary>Text of the answer.</summary>
    public string Text { get; init; } = "";

    /// <summary>Reasoning that some endpoints send beside the text (<c>reasoning_content</c>).</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tool calls of the answer, split over several deltas when streamed.</summary>
    public IReadOnlyList<ScriptedCall> Calls { get; init; } = [];

    /// <summary>What is reported; <see langword="null"/> for about four characters a token.</summary>
    public ScriptedUsage? Usage { get; init; }

    /// <summary>Finish reason in OpenAI's words; <see langword="null"/> for <c>stop</c> or <c>tool_calls</c>.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Nothing is sent, not even the status, before this completes or the client leaves.</summary>
    public Task Before { get; init; } = Task.CompletedTask;

    /// <summary>After the first delta the rest waits for this.</summary>
    public Task AfterFirstDelta { get; init; } = Task.CompletedTask;

    /// <summary>How the answer ends.</summary>
    public ScriptedEnd End { get; init; }

    /// <summary>Ends <see cref="ScriptedEnd.Silence"/>.</summary>
    public Task Release { get; init; } = Task.CompletedTask;

    /// <summary>HTTP status; all but 200 answer with <see cref="Body"/> or an error object.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Code or type of the error object.</summary>
    public string ErrorCode { get; init; } = "error";

    /// <summary>Message of the error object.</summary>
    public string ErrorMessage { get; init; } = "";

    /// <summary>Value of the <c>Retry-After</c> header: seconds, or an HTTP date.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Sent in place of everything else, as it stands.</summary>
    public string? Body { get; init; }

    /// <summary>Media type of <see cref="Body"/>.</summary>
    public string BodyType { get; init; } = "application/json";

    /// <summary>Answers with text.</summary>
    public static ScriptedTurn Say(string text) => new() { Text = text };

    /// <summary>Calls one tool; <paramref name="arguments"/> is any object that serializes to a JSON object.</summary>
    public static ScriptedTurn Call(string tool, object arguments) => new() { Calls = [ScriptedCall.Of(tool, arguments)] };

    /// <summary>Calls tools, several in one turn.</summary>
    public static ScriptedTurn CallAll(params ScriptedCall[] calls) => new() { Calls = calls };

    /// <summary>Calls a tool with arguments that are no JSON.</summary>
    public static ScriptedTurn CallWithGarbage(string tool, string arguments = "{\"path\": \"a.py\", ") => new() { Calls = [new(tool, arguments)] };

    /// <summary>The stream ends after the text, without finish reason.</summary>
    public static ScriptedTurn Truncated(string text = "I will now ") => new() { Text = text, End = ScriptedEnd.Truncated };

    /// <summary>The connection is reset after the text.</summary>
    public static ScriptedTurn Reset(string text = "I will now ") => new() { Text = text, End = ScriptedEnd.Reset };

    /// <summary>Not even a status until <paramref name="release"/> completes, or for ever; then an empty answer.</summary>
    public static ScriptedTurn Hang(Task? release = null) => new() { Before = release ?? Never };

    /// <summary>Goes silent after the text until <paramref name="release"/> completes, or for ever.</summary>
    public static ScriptedTurn GoSilent(string text = "I will now ", Task? release = null) =>
        new() { Text = text, End = ScriptedEnd.Silence, Release = release ?? Never };

    /// <summary>An answer of so many bytes of text.</summary>
    public static ScriptedTurn Huge(int bytes = 10 * 1024 * 1024 + 1) => new() { Text = new string('x', bytes) };

    /// <summary>Status 200 and a stream whose data are no JSON.</summary>
    public static ScriptedTurn GarbageJson() => new() { Body = "data: {\"id\": \"x\", \"choices\": [{\"del\n\ndata: <html>\n\n", BodyType = "text/event-stream" };

    /// <summary>Status 200 and a page for people, as from a wrong address.</summary>
    public static ScriptedTurn WebPage() => new() { Body = "<!DOCTYPE html><title>It works</title>", BodyType = "text/html" };

    /// <summary>An error object with any status.</summary>
    public static ScriptedTurn Error(int status, string code, string message) => new() { Status = status, ErrorCode = code, ErrorMessage = message };

    /// <summary>429, with <c>Retry-After</c> in seconds when given.</summary>
    public static ScriptedTurn TooManyRequests(string? retryAfter = null) =>
        Error(429, "rate_limit_exceeded", "Rate limit reached for requests.") with { RetryAfter = retryAfter };

    /// <summary>500.</summary>
    public static ScriptedTurn ServerError() => Error(500, "server_error", "The server had an error while processing your request.");

    /// <summary>401.</summary>
    public static ScriptedTurn WrongKey() => Error(401, "invalid_api_key", "Incorrect API key provided.");

    /// <summary>404 for the model.</summary>
    public static ScriptedTurn UnknownModel(string model = "scripted") => Error(404, "model_not_found", $"The model `{model}` does not exist.");

    /// <summary>400 as vLLM refuses tools that it was not started for.</summary>
    public static ScriptedTurn ToolsRefused() => Error(
        400,
        "BadRequestError",
        "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set");

    /// <summary>400 as servers pass on what Mistral's chat template says.</summary>
    public static ScriptedTurn TurnsRefused() => Error(
        400,
        "BadRequestError",
        "After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.");

    /// <summary>400 as servers pass on what Gemma's chat template says.</summary>
    public static ScriptedTurn SystemRefused() => Error(400, "BadRequestError", "System role not supported");

    /// <summary>400 as OpenAI refuses a prompt that does not fit.</summary>
    public static ScriptedTurn ContextTooLong(int limit = 8192, int asked = 9000) => Error(
        400,
        "context_length_exceeded",
        $"This model's maximum context length is {limit} tokens. However, your messages resulted in {asked} tokens. Please reduce the length of the messages.");

    private static Task Never { get; } = new TaskCompletionSource().Task;
}
