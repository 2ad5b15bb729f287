using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Tests;

/// <summary>Tools that are offered but never run.</summary>
internal sealed class SampleTool(string name, string description, string schema) : AIFunctionDeclaration
{
    public static SampleTool Edit { get; } = new(
        "edit",
        "Replaces text in a file.",
        """
        {"type":"object","properties":{"path":{"type":"string","description":"file"},"old":{"type":"string"},"new":{"type":"string"},
        "count":{"type":["integer","null"]},"all":{"type":"boolean"}},"required":["path","old","new"]}
        """);

    public static SampleTool Tests { get; } = new("run_tests", "Runs the tests.", """{"type":"object","properties":{}}""");

    public static IReadOnlyList<AIFunctionDeclaration> All { get; } = [Edit, Tests];

    public override string Name => name;

    public override string Description => description;

    public override JsonElement JsonSchema { get; } = JsonSerializer.Deserialize<JsonElement>(schema);
}
