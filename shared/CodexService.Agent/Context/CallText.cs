using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Context;

/// <summary>Calls as short text for people and for masked results.</summary>
internal static class CallText
{
    private const int Longest = 80;

    // What a call is about, most telling first.
    private static readonly string[] Subjects = ["path", "file", "command", "query", "pattern", "title"];

    /// <summary>The tool and what it is used on, for example <c>edit app/users.py</c>; one line.</summary>
    public static string Describe(FunctionCallContent call)
    {
        var subject = Subjects.Select(name => Argument(call, name)).FirstOrDefault(value => value is not null);
        return OneLine(subject is null ? call.Name : $"{call.Name} {subject}", Longest);
    }

    /// <summary>A text argument, or <see langword="null"/>.</summary>
    public static string? Argument(FunctionCallContent call, string name) =>
        call.Arguments is not null && call.Arguments.TryGetValue(name, out var value) ? AsText(value) : null;

    /// <summary>Name and arguments, so that equal calls give equal texts whether they were made or read from a journal.</summary>
    public static string Signature(FunctionCallContent call) => call.Arguments is { Count: > 0 } arguments
        ? $"{call.Name} {JsonSerializer.Serialize(arguments.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new[] { pair.Key, AsJson(pair.Value) }))}"
        : call.Name;

    /// <summary>The text an argument holds; <see langword="null"/> when it holds none.</summary>
    public static string? AsText(object? value) => value switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString(),
        _ => null,
    };

    /// <summary>First line without control characters, at most <paramref name="longest"/> characters.</summary>
    public static string OneLine(string text, int longest)
    {
        var trimmed = text.AsSpan().TrimStart();
        var end = trimmed.IndexOfAny('\r', '\n');
        var line = (end < 0 ? trimmed : trimmed[..end]).TrimEnd();
        var cut = line.Length > longest || end >= 0;
        var kept = line.Length > longest ? line[..(longest - 1)] : line;
        var clean = string.Concat(kept.ToString().Where(c => !char.IsControl(c)));
        return cut ? $"{clean}…" : clean;
    }

    private static string AsJson(object? value) => value is JsonElement element ? element.GetRawText() : JsonSerializer.Serialize(value);
}
