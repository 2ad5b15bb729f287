using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CodexService.Testing.ScriptedModels;

/// <summary>How a turn goes over the wire; one per format.</summary>
internal abstract class ScriptedWire(int deltaLength)
{
    private const int LargeDelta = 64 * 1024;

    /// <summary>Answers one request.</summary>
    public async Task WriteAsync(HttpContext context, ScriptedRequest request, ScriptedTurn turn, CancellationToken cancellationToken)
    {
        var response = context.Response;
        if (turn.Status != 200 || turn.Body is not null)
        {
            response.StatusCode = turn.Status;
            response.ContentType = turn.BodyType;
            if (turn.RetryAfter is not null)
            {
                response.Headers.RetryAfter = turn.RetryAfter;
            }

            await response.WriteAsync(turn.Body ?? JsonSerializer.Serialize(Error(turn)), cancellationToken);
            return;
        }

        if (!request.Stream)
        {
            response.ContentType = "application/json";
            await response.WriteAsync(JsonSerializer.Serialize(Whole(request, turn)), cancellationToken);
            return;
        }

        response.ContentType = "text/event-stream";
        await response.StartAsync(cancellationToken);
        var first = true;
        foreach (var data in Content(request, turn))
        {
            await SendAsync(response, data, cancellationToken);
            if (first)
            {
                first = false;
                await turn.AfterFirstDelta.WaitAsync(cancellationToken);
            }
        }

        switch (turn.End)
        {
            case ScriptedEnd.Truncated:
                return;
            case ScriptedEnd.Reset:
                await response.Body.FlushAsync(cancellationToken);
                context.Abort();
                return;
            case ScriptedEnd.Silence:
                await turn.Release.WaitAsync(cancellationToken);
                break;
            default:
                break;
        }

        foreach (var data in Ending(request, turn))
        {
            await SendAsync(response, data, cancellationToken);
        }
    }

    /// <summary>The error object.</summary>
    protected abstract object Error(ScriptedTurn turn);

    /// <summary>The answer in one piece.</summary>
    protected abstract object Whole(ScriptedRequest request, ScriptedTurn turn);

    /// <summary>Server-sent events with the content.</summary>
    protected abstract IEnumerable<string> Content(ScriptedRequest request, ScriptedTurn turn);

    /// <summary>Server-sent events that end the answer.</summary>
    protected abstract IEnumerable<string> Ending(ScriptedRequest request, ScriptedTurn turn);

    /// <summary>Usage of the turn: its own, or about four characters a token.</summary>
    protected static ScriptedUsage UsageOf(ScriptedRequest request, ScriptedTurn turn) => turn.Usage ?? new(
        request.Messages.Sum(message => message.GetRawText().Length) / 4,
        0,
        (turn.Text.Length + turn.Calls.Sum(call => call.Arguments.Length)) / 4 + 1);

    /// <summary>Id of a call.</summary>
    protected static string IdOf(ScriptedRequest request, ScriptedCall call, int index) => call.Id ?? $"call_{request.Number}_{index}";

    /// <summary>A text cut into deltas.</summary>
    protected IEnumerable<string> Pieces(string text)
    {
        var length = text.Length > LargeDelta ? LargeDelta : deltaLength;
        for (var at = 0; at < text.Length; at += length)
        {
            yield return text.Substring(at, Math.Min(length, text.Length - at));
        }
    }

    private static async Task SendAsync(HttpResponse response, string data, CancellationToken cancellationToken)
    {
        await response.WriteAsync(data + "\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
