using System.Net.Http.Json;
using System.Text.Json;
using CodexService.Testing.ScriptedModels;

namespace CodexService.Models.Tests.ScriptedModels;

public sealed class ScriptedModelServerTests : IDisposable
{
    private static readonly object Question = new
    {
        model = "scripted",
        messages = new[] { new { role = "user", content = "hello" } },
        tools = new[] { new { type = "function", function = new { name = "edit" } } },
    };

    private readonly HttpClient http = new();

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Completion_NotStreamed_HoldsTextCallsAndUsage()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            ScriptedTurn.CallAll(ScriptedCall.Of("edit", new { path = "a" }), new("nothing", "{")) with { Text = "now", Usage = new(10, 4, 2) });

        var answer = await (await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", Question)).Content.ReadFromJsonAsync<JsonElement>();

        var message = answer.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal("now", message.GetProperty("content").GetString());
        Assert.Equal("""{"path":"a"}""", message.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("nothing", message.GetProperty("tool_calls")[1].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(4, answer.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal("hello", Assert.Single(server.Requests).LastText);
    }

    [Fact]
    public async Task Queue_Empty_SaysSo()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("one"));
        await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", Question);

        var second = await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", Question);

        Assert.Contains("no turn for request 2", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hang_ClientLeaves_IsRecorded()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Hang());
        using var leaving = new CancellationTokenSource();
        var asking = http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", Question, leaving.Token);
        var request = await server.NextRequestAsync();
        Assert.False(request.Aborted.IsCompleted);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(TimeSpan.FromMinutes(1)));
        await request.Aborted.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Options_WithoutNativeTools_CallsStandInTheText()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { NativeTools = false },
            ScriptedTurn.CallAll(ScriptedCall.Of("write", new { path = "a", content = "x\n", line = 3 }), new("edit", "{\"path")) with { Text = "now" });

        var answer = await (await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", new { model = "scripted" })).Content.ReadFromJsonAsync<JsonElement>();

        var message = answer.GetProperty("choices")[0].GetProperty("message");
        Assert.False(message.TryGetProperty("tool_calls", out _));
        Assert.Equal(
            "now\n\n<call name=\"write\">\n<path>a</path>\n<content>\nx\n\n</content>\n<line>3</line>\n</call>\n\n<call name=\"edit\">\n{\"path\n</call>",
            message.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Options_KeyModelAndTools_AreChecked()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { Key = "right", NativeTools = false });

        Assert.Equal(401, (int)(await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", Question)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "right");
        Assert.Equal(400, (int)(await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", Question)).StatusCode);
        Assert.Equal(404, (int)(await http.PostAsJsonAsync(server.BaseUrl + "/chat/completions", new { model = "other" })).StatusCode);
    }
}
