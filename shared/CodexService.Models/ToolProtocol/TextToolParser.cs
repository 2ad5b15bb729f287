using System.Text.Json;
using System.Text.RegularExpressions;
using CodexService.Models.Providers;
using Microsoft.Extensions.AI;

namespace CodexService.Models.ToolProtocol;

/// <summary>What was found in a text.</summary>
/// <param name="Text">The text without the calls.</param>
/// <param name="Calls">The calls, in order; one that cannot be read carries the reason and the right form.</param>
internal sealed record ParsedText(string Text, IReadOnlyList<FunctionCallContent> Calls);

/// <summary>
/// Finds tool calls in a model's text: our own form, and those that models are trained on when the endpoint does not parse
/// them: <c>&lt;tool_call&gt;{json}&lt;/tool_call&gt;</c> (Hermes, Qwen), <c>&lt;function=name&gt;&lt;parameter=x&gt;</c> (Qwen3-Coder),
/// <c>[TOOL_CALLS][{json}]</c> (Mistral), a fenced or bare JSON object with name and arguments (Llama and others), and the
/// tool's name as the tag.
/// </summary>
internal sealed partial class TextToolParser(IReadOnlyList<AIFunctionDeclaration> tools)
{
    private readonly Dictionary<string, AIFunctionDeclaration> known = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    /// <summary>Parses a text. Never throws.</summary>
    public ParsedText Parse(string text)
    {
        var calls = new List<FunctionCallContent>();
        var kept = new List<string>();
        var at = 0;
        while (at < text.Length && Next(text, at) is { } opening)
        {
            kept.Add(text[at..opening.Start]);
            var end = Read(text, opening, calls);
            at = Math.Max(end, opening.Start + 1);
        }

        kept.Add(at < text.Length ? text[at..] : "");
        var rest = string.Concat(kept).Trim();
        return calls.Count == 0 && BareJson(rest) is { } bare ? new ParsedText("", bare) : new ParsedText(rest, calls);
    }

    private Opening? Next(string text, int from)
    {
        for (var match = OpeningTag().Match(text, from); match.Success; match = match.NextMatch())
        {
            var form = match.Groups["fence"].Success ? Form.Fence
                : match.Groups["list"].Success ? Form.List
                : match.Groups["hermes"].Success ? Form.Hermes
                : match.Groups["function"].Success ? Form.Function
                : match.Groups["call"].Success ? Form.Call
                : Form.Tag;
            var name = match.Groups[form switch { Form.Function => "function", Form.Call => "call", _ => "tag" }].Value;

            // A fence or a tag is a call only when what it holds is one.
            if ((form == Form.Tag && !IsToolTag(text, match, name)) || (form == Form.Fence && FencedCalls(text, match) is null))
            {
                continue;
            }

            return new Opening(form, match, name);
        }

        return null;
    }

    private bool IsToolTag(string text, Match match, string name) =>
        known.TryGetValue(name, out var tool)
        && ToolArgument.Of(tool) is var arguments
        && text.AsSpan(match.Index + match.Length).TrimStart() is var inside
        && (inside.StartsWith($"</{name}>", StringComparison.Ordinal) || StartsWithArgument(inside, arguments));

    private static bool StartsWithArgument(ReadOnlySpan<char> text, IReadOnlyList<ToolArgument> arguments)
    {
        foreach (var argument in arguments)
        {
            if (text.StartsWith($"<{argument.Name}>", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads one call or list of calls and returns where it ends.</summary>
    private int Read(string text, Opening opening, List<FunctionCallContent> calls)
    {
        var inside = opening.Start + opening.Match.Length;
        switch (opening.Form)
        {
            case Form.Fence:
                var (fenced, end) = FencedCalls(text, opening.Match)!.Value;
                calls.AddRange(fenced);
                return end;
            case Form.List:
                var list = JsonEnd(text, inside);
                calls.AddRange(Json(text[inside..list]) ?? [Unreadable("", "the list is not valid JSON")]);
                return list;
            case Form.Hermes when text.AsSpan(inside).TrimStart() is var next && !next.StartsWith("{", StringComparison.Ordinal):
                // A wrapper around another form (Qwen3-Coder), or nothing that can be read.
                if (next.StartsWith("<function=", StringComparison.Ordinal))
                {
                    return inside;
                }

                calls.Add(Unreadable("", "no JSON object follows <tool_call>"));
                return After(text, "</tool_call>", inside);
            case Form.Hermes:
                var start = text.IndexOf('{', inside);
                var stop = JsonEnd(text, start);
                calls.AddRange(Json(text[start..stop]) ?? [Unreadable(NameIn(text[start..stop]), "what stands in <tool_call> is not valid JSON")]);
                return text.AsSpan(stop).TrimStart().StartsWith("</tool_call>", StringComparison.Ordinal) ? After(text, "</tool_call>", stop) : stop;
            default:
                return Tagged(text, opening, calls);
        }
    }

    private int Tagged(string text, Opening opening, List<FunctionCallContent> calls)
    {
        var reader = new TaggedCallReader(text, opening.Form switch
        {
            Form.Function => "function",
            Form.Call => "call",
            _ => opening.Name,
        });
        var attributes = opening.Match.Groups["attributes"].Value;
        var arguments = reader.Read(opening.Start + opening.Match.Length, opening.Match.Value.EndsWith("/>", StringComparison.Ordinal), known.GetValueOrDefault(opening.Name) is { } tool ? ToolArgument.Of(tool) : []);
        foreach (Match attribute in Attribute().Matches(attributes))
        {
            arguments.TryAdd(attribute.Groups[1].Value, attribute.Groups[2].Value);
        }

        calls.Add(reader.Error is { } error ? Unreadable(opening.Name, error) : Typed(opening.Name, arguments));

        // The wrapper's own end tag, where there is one.
        return opening.Form == Form.Function && text.AsSpan(reader.End).TrimStart().StartsWith("</tool_call>", StringComparison.Ordinal)
            ? After(text, "</tool_call>", reader.End)
            : reader.End;
    }

    private FunctionCallContent Typed(string name, Dictionary<string, string> written)
    {
        var types = known.TryGetValue(name, out var tool) ? ToolArgument.Of(tool).ToDictionary(argument => argument.Name, argument => argument.Type, StringComparer.Ordinal) : [];
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (argument, value) in written)
        {
            if (types.GetValueOrDefault(argument, "string") is var type && type == "string")
            {
                arguments[argument] = JsonSerializer.SerializeToElement(value);
            }
            else if (Value(value, type) is { } typed)
            {
                arguments[argument] = typed;
            }
            else
            {
                return Unreadable(name, $"{argument} has to be {(type is "array" or "integer" or "object" ? "an" : "a")} {type}, but is \"{EndpointHandler.OneLine(value, null)}\"");
            }
        }

        return new FunctionCallContent(ToolArguments.NewId(), name, arguments);
    }

    private static JsonElement? Value(string text, string type)
    {
        try
        {
            using var json = JsonDocument.Parse(type == "boolean" ? text.Trim().ToLowerInvariant() : text.Trim());
            var fits = (type, json.RootElement.ValueKind) switch
            {
                ("integer", JsonValueKind.Number) => json.RootElement.TryGetInt64(out _),
                ("number", JsonValueKind.Number) or ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object) => true,
                ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
                _ => false,
            };
            return fits ? json.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private (List<FunctionCallContent> Calls, int End)? FencedCalls(string text, Match fence)
    {
        var inside = fence.Index + fence.Length;
        var close = text.IndexOf("```", inside, StringComparison.Ordinal);
        var body = close < 0 ? text[inside..] : text[inside..close];
        return Json(body) is { Count: > 0 } calls && calls.TrueForAll(call => known.ContainsKey(call.Name))
            ? (calls, close < 0 ? text.Length : close + 3)
            : null;
    }

    private List<FunctionCallContent>? BareJson(string text) =>
        text.StartsWith('{') || text.StartsWith('[') ? Json(text) is { Count: > 0 } calls && calls.TrueForAll(call => known.ContainsKey(call.Name)) ? calls : null : null;

    // One object {"name", "arguments" or "parameters"}, or a list of them; null when it is something else.
    private static List<FunctionCallContent>? Json(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true });
            JsonElement[] items = json.RootElement.ValueKind == JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()] : [json.RootElement];
            var calls = new List<FunctionCallContent>(items.Length);
            foreach (var item in items)
            {
                var source = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("function", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : item;
                if (source.ValueKind != JsonValueKind.Object || !source.TryGetProperty("name", out var name) || name.GetString() is not { Length: > 0 } called)
                {
                    return null;
                }

                var given = source.TryGetProperty("arguments", out var arguments) || source.TryGetProperty("parameters", out arguments);
                calls.Add(ToolArguments.Call(null, called, given ? arguments.GetRawText() : ""));
            }

            return calls;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private FunctionCallContent Unreadable(string name, string why)
    {
        var tool = known.GetValueOrDefault(name) ?? known.Values.FirstOrDefault();
        var form = tool is null ? "<call name=\"tool\">…</call>" : TextToolPrompt.Example(tool).ReplaceLineEndings(" ");
        return new FunctionCallContent(ToolArguments.NewId(), name.Length == 0 ? "unreadable" : name)
        {
            Exception = new FormatException($"{why}.\nThe right form: {form}"),
        };
    }

    private static string NameIn(string json) => NameProperty().Match(json) is { Success: true } match ? match.Groups[1].Value : "";

    private static int After(string text, string tag, int from) =>
        text.IndexOf(tag, from, StringComparison.Ordinal) is >= 0 and var at ? at + tag.Length : text.Length;

    // Where the JSON value that starts at or after "from" ends; the end of the text when it does not.
    private static int JsonEnd(string text, int from)
    {
        var (depth, quoted) = (0, false);
        for (var i = from; i < text.Length; i++)
        {
            var character = text[i];
            if (quoted)
            {
                i += character == '\\' ? 1 : 0;
                quoted = character != '"';
            }
            else if (character == '"')
            {
                quoted = true;
            }
            else if (character is '{' or '[')
            {
                depth++;
            }
            else if (character is '}' or ']' && --depth <= 0)
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    [GeneratedRegex("""(?<fence>```(?:json|tool_call|tool_code|tool)?[ \t]*\n(?=\s*[\[{]))|(?<list>\[TOOL_CALLS\]\s*(?=\[))|(?<hermes><tool_call>)|<function=["']?(?<function>[\w.-]+)["']?\s*>|<call\s+name=["']?(?<call>[\w.-]+)["']?(?<attributes>[^<>]*?)/?>|<(?<tag>[A-Za-z_][\w-]*)>""")]
    private static partial Regex OpeningTag();

    [GeneratedRegex("""([A-Za-z_][\w-]*)\s*=\s*["']([^"']*)["']""")]
    private static partial Regex Attribute();

    [GeneratedRegex("""["']name["']\s*:\s*["']([\w.-]+)["']""")]
    private static partial Regex NameProperty();

    private enum Form
    {
        Call,
        Function,
        Hermes,
        Fence,
        List,
        Tag,
    }

    private sealed record Opening(Form Form, Match Match, string Name)
    {
        public int Start => Match.Index;
    }
}
