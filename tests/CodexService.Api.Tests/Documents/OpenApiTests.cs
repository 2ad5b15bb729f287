using System.Text.Json;
using System.Text.RegularExpressions;
using CodexService.Api.Tests.Hosting;

namespace CodexService.Api.Tests.Documents;

/// <summary>The OpenAPI document and docs/api.md tell the same.</summary>
public sealed partial class OpenApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Document_ComparedWithTheDocs_HasTheSameCalls()
    {
        var document = await DocumentAsync();
        var described = Operations(document).Select(operation => operation.Name);
        Assert.Equal(DocumentedCalls().Select(call => call.Name).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_ComparedWithTheDocs_HasTheSameQueryParameters()
    {
        var described = Operations(await DocumentAsync()).ToDictionary(
            operation => operation.Name,
            operation => string.Join(',', Parameters(operation.Json, "query").Order(StringComparer.Ordinal)));
        foreach (var (name, query) in DocumentedCalls().Where(call => !call.Name.EndsWith("/events", StringComparison.Ordinal)))
        {
            Assert.Equal((name, string.Join(',', query.Order(StringComparer.Ordinal))), (name, described[name]));
        }

        Assert.Equal("after", described["GET /api/tasks/{id}/events"]);
    }

    [Fact]
    public async Task Document_EveryCall_HasASummaryAndAnAnswer()
    {
        var document = await DocumentAsync();
        Assert.Equal("CodexService", document.GetProperty("info").GetProperty("title").GetString());
        Assert.All(Operations(document), operation =>
        {
            Assert.False(string.IsNullOrWhiteSpace(operation.Json.GetProperty("summary").GetString()), operation.Name);
            Assert.NotEmpty(operation.Json.GetProperty("responses").EnumerateObject());
        });
    }

    [Fact]
    public async Task Document_Submit_DescribesBodyAndKey()
    {
        var submit = Operations(await DocumentAsync()).Single(operation => operation.Name == "POST /api/tasks").Json;
        Assert.Equal(["Idempotency-Key"], Parameters(submit, "header"));
        Assert.True(submit.GetProperty("responses").TryGetProperty("201", out _));
        Assert.True(submit.GetProperty("responses").TryGetProperty("400", out _));
        Assert.True(submit.GetProperty("responses").TryGetProperty("409", out _));
        var schema = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("SubmitTaskRequest").GetProperty("properties");
        Assert.True(schema.TryGetProperty("test_command", out _));
        Assert.True(schema.TryGetProperty("timeout_seconds", out _));
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var client = api.Client();
        return await client.GetAsync<JsonElement>("/openapi/v1.json");
    }

    private static IEnumerable<(string Name, JsonElement Json)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    private static IEnumerable<string> Parameters(JsonElement operation, string place) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? [.. parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString()!)]
            : [];

    // The first column of the table: `GET /path?a=&b=`, several in a cell, "…/close" for the same address with another end.
    private static IEnumerable<(string Name, List<string> Query)> DocumentedCalls()
    {
        foreach (var row in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "api.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var last = "";
            foreach (Match code in CodeSpan().Matches(row.Split(" | ")[0]))
            {
                var call = code.Groups[1].Value;
                if (call.StartsWith("…/", StringComparison.Ordinal))
                {
                    call = last[..last.LastIndexOf('/')] + call[1..];
                }

                if (!call.Contains(" /", StringComparison.Ordinal))
                {
                    continue;
                }

                last = call;
                var parts = call.Split('?');
                yield return (parts[0], [.. parts.Skip(1).SelectMany(query => query.Split('&')).Select(pair => pair.Split('=')[0])]);
            }
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}
