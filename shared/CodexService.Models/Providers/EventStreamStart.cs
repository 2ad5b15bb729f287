using System.Text;

namespace CodexService.Models.Providers;

/// <summary>Whether what an endpoint sends begins as a stream of server-sent events does.</summary>
internal static class EventStreamStart
{
    private const int Shown = 80;

    // https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream; a colon begins a comment.
    private static readonly string[] Fields = ["data:", "event:", "id:", "retry:", ":"];

    /// <summary>Whether nothing has come yet but blank space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> read) => Content(read).IsEmpty;

    /// <summary>Refuses what is no such stream.</summary>
    /// <exception cref="EndpointException">What came in its place.</exception>
    public static void Require(ReadOnlySpan<byte> read, string? key)
    {
        var content = Content(read);
        var start = Encoding.ASCII.GetString(content[..Math.Min(content.Length, 6)]);
        if (Fields.Any(field => start.StartsWith(field, StringComparison.Ordinal) || field.StartsWith(start, StringComparison.Ordinal)))
        {
            return;
        }

        // Some gateways report a failure with status 200.
        if (start[0] == '{')
        {
            throw EndpointHandler.Extract(content.ToArray()) is { } told
                ? new EndpointException(EndpointFault.Status, EndpointHandler.OneLine(told, key)) { Status = 200 }
                : new EndpointException(EndpointFault.NotAnApi, "it answered in one piece, not with the stream of events that it was asked for");
        }

        var text = Encoding.UTF8.GetString(content[..Math.Min(content.Length, Shown)]);
        throw new EndpointException(EndpointFault.NotAnApi, $"it answered \"{EndpointHandler.OneLine(text, key)}\" in place of a stream of events");
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> read)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        return (read.StartsWith(mark) ? read[mark.Length..] : read).TrimStart(" \t\r\n"u8);
    }
}
