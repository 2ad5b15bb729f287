using System.Text.Json;
using System.Threading.Channels;
using CodexService.Models.Configuration;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.AI;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Calling;

public sealed class ModelCallerTests
{
    [Fact]
    public async Task Ask_TextAnswer_IsCollectedAndReportedAsItStreams()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Say("A long answer that takes several deltas.") with { Usage = new(1000, 600, 20), Reasoning = "hmm" });
        using var models = For(server, model => model with { Prices = new ModelPrices(2m, 0.5m, 10m) });
        var seen = new Seen();

        var answer = await models.Caller.AskAsync(Ask() with { Text = seen, Temperature = 0.5f, MaxOutputTokens = 77 }, default);

        Assert.Equal("A long answer that takes several deltas.", answer.Message.Text);
        Assert.Equal("hmm", Assert.Single(answer.Message.Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal(answer.Message.Text, string.Concat(seen.Parts));
        Assert.True(seen.Parts.Count > 1);
        Assert.Equal(new ModelUsage(1000, 600, 20, 0.0013m), answer.Usage);
        Assert.Equal(("default", ChatFinishReason.Stop), (answer.Model, answer.FinishReason));
        var request = Assert.Single(server.Requests);
        Assert.Equal(["system", "user"], request.Roles);
        Assert.Equal(77, request.Body.GetProperty("max_tokens").GetInt32());
        Assert.Equal(0.5f, request.Body.GetProperty("temperature").GetSingle());
        Assert.Equal($"Bearer {Secret}", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Ask_NativeCalls_AreFunctionCalls_AndGoBackWithTheirResults()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            ScriptedTurn.CallAll(ScriptedCall.Of("edit", new { path = "src/a.py", old = "x\n", @new = "é<\n", count = "two" }), ScriptedCall.Of("fly", new { })) with { Text = "Now." },
            ScriptedTurn.Say("done"));
        using var models = For(server);

        var answer = await models.Caller.AskAsync(AskWithTools(), default);
        var calls = answer.Message.Contents.OfType<FunctionCallContent>().ToList();
        await models.Caller.AskAsync(new(
            [.. AskWithTools().Messages, answer.Message, new(ChatRole.Tool, [new FunctionResultContent(calls[0].CallId, "edited"), new FunctionResultContent(calls[1].CallId, "no such tool")]), new(ChatRole.User, "go on")],
            SampleTool.All), default);

        Assert.Equal(["edit", "fly"], calls.Select(call => call.Name));
        Assert.Contains("é<", server.Requests[1].Messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString(), StringComparison.Ordinal);
        Assert.Equal("x\n", ((JsonElement)calls[0].Arguments!["old"]!).GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        var second = server.Requests[1];
        Assert.Equal(["system", "user", "assistant", "tool", "tool", "user"], second.Roles);
        Assert.Equal("edited", ScriptedRequest.TextOf(second.Messages[3]));
        Assert.Equal(calls[0].CallId, second.Messages[2].GetProperty("tool_calls")[0].GetProperty("id").GetString());
        Assert.Equal(server.Requests[0].Body.GetProperty("tools").GetRawText(), second.Body.GetProperty("tools").GetRawText());
    }

    [Fact]
    public async Task Ask_CallWithGarbageArguments_CarriesTheReason()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.CallWithGarbage("edit"), ScriptedTurn.Say("sorry"));
        using var models = For(server);

        var answer = await models.Caller.AskAsync(AskWithTools(), default);
        var call = Assert.Single(answer.Message.Contents.OfType<FunctionCallContent>());
        await models.Caller.AskAsync(new([.. Ask().Messages, answer.Message, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "wrong")])], SampleTool.All), default);

        Assert.Contains("not valid JSON", call.Exception!.Message, StringComparison.Ordinal);
        Assert.Equal("{}", server.Requests[1].Messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Ask_Cancelled_AbortsTheRequest()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.GoSilent());
        using var models = For(server);
        using var leaving = new CancellationTokenSource();
        var seen = new Seen();
        var asking = models.Caller.AskAsync(Ask() with { Text = seen }, leaving.Token);
        var request = await server.NextRequestAsync();
        await seen.NextAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(TimeSpan.FromMinutes(1)));
        await request.Aborted.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_Silence_BeforeOrInTheAnswer_IsAskedOnceMoreThenSilent(bool before)
    {
        await using var server = await ScriptedModelServer.StartAsync(_ => before ? ScriptedTurn.Hang() : ScriptedTurn.GoSilent());
        var clock = new TestClock();

        // A random part of it is waited for, which must not round to nothing.
        var limits = Options(Model(server)) with { RetryDelay = TimeSpan.FromSeconds(10) };
        using var models = new CallerFixture(limits, clock);
        var seen = new Seen();

        var asking = models.Caller.AskAsync(Ask() with { Text = seen }, default);
        await GoSilentAsync();
        await clock.WaitedForAsync(TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromMinutes(1));
        await GoSilentAsync();

        var error = await Assert.ThrowsAsync<ModelException>(() => asking.WaitAsync(TimeSpan.FromMinutes(1)));
        AssertOneLine(error, ModelFailure.Silent, "went silent", "Models:FirstTokenTimeout");
        Assert.Equal(2, server.Requests.Count);
        await Task.WhenAll(server.Requests.Select(request => request.Aborted)).WaitAsync(TimeSpan.FromMinutes(1));

        async Task GoSilentAsync()
        {
            await server.NextRequestAsync();
            if (!before)
            {
                await seen.NextAsync();
            }

            clock.Advance(limits.FirstTokenTimeout);
        }
    }

    [Fact]
    public async Task Ask_StreamOfNothing_IsGarbled()
    {
        await using var server = await ScriptedModelServer.StartAsync(_ => new ScriptedTurn { Body = "", BodyType = "text/event-stream" });
        using var models = For(server);

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, ModelFailure.Garbled, "ended without a token", "endpoint's log");
    }

    public static TheoryData<string, ScriptedTurn> PassingFaults { get; } = new()
    {
        { "500", ScriptedTurn.ServerError() },
        { "429", ScriptedTurn.TooManyRequests() },
        { "503", ScriptedTurn.Error(503, "overloaded", "loading model") },
        { "408", ScriptedTurn.Error(408, "timeout", "slow") },
        { "truncated", ScriptedTurn.Truncated() },
        { "reset", ScriptedTurn.Reset() },
        { "garbage", ScriptedTurn.GarbageJson() },
        { "error in the stream", new() { Body = "data: {\"error\":{\"message\":\"engine died\",\"code\":500}}\n\n", BodyType = "text/event-stream" } },
    };

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task Ask_PassingFault_IsRepeated(string name, ScriptedTurn fault)
    {
        Assert.NotEmpty(name);
        await using var server = await ScriptedModelServer.StartAsync(fault, fault, ScriptedTurn.Say("at last"));
        using var models = For(server);

        var answer = await models.Caller.AskAsync(Ask(), default);

        Assert.Equal("at last", answer.Message.Text);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Tue, 01 Jan 2030 00:00:09 GMT", 9)]
    [InlineData("86400", 60)]
    public async Task Ask_RetryAfter_IsWaitedFor(string retryAfter, int seconds)
    {
        var clock = new RecordingClock();
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.TooManyRequests(retryAfter), ScriptedTurn.Say("ok"));
        using var models = new CallerFixture(Options(Model(server)) with { RetryDelay = TimeSpan.FromHours(1), FirstTokenTimeout = TimeSpan.FromDays(1) }, clock);

        var answer = await models.Caller.AskAsync(Ask(), default);

        Assert.Equal("ok", answer.Message.Text);
        Assert.Equal([TimeSpan.FromSeconds(seconds)], clock.Waits);
    }

    public static TheoryData<ScriptedTurn, ModelFailure, string, string> LastingFaults { get; } = new()
    {
        { ScriptedTurn.WrongKey(), ModelFailure.Unauthorized, "refused the key", "CODEX_MODEL_KEY" },
        { ScriptedTurn.Error(403, "forbidden", $"{Secret} may not"), ModelFailure.Unauthorized, "*** may not", "CODEX_MODEL_KEY" },
        { ScriptedTurn.UnknownModel(), ModelFailure.UnknownModel, "not known", "CODEX_MODEL" },
        { ScriptedTurn.Error(404, "x", "Not Found"), ModelFailure.Unreachable, "not a model's API", "CODEX_MODEL_URL" },
        { ScriptedTurn.WebPage(), ModelFailure.Unreachable, "web page", "CODEX_MODEL_URL" },
        { new() { Status = 302, Body = "" }, ModelFailure.Unreachable, "redirects", "CODEX_MODEL_URL" },
        { ScriptedTurn.ContextTooLong(), ModelFailure.ContextTooSmall, "maximum context length", "longer context" },
        { ScriptedTurn.Error(500, "exceed_context_size_error", "the request exceeds the available context size"), ModelFailure.ContextTooSmall, "available context", "longer context" },
        { ScriptedTurn.Error(400, "BadRequestError", "The decoder prompt (length 9000) is longer than the maximum model length of 8192."), ModelFailure.ContextTooSmall, "8192", "longer context" },
        { ScriptedTurn.Error(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), ModelFailure.ContextTooSmall, "210000", "longer context" },
        { ScriptedTurn.Error(429, "insufficient_quota", "You exceeded your current quota"), ModelFailure.Refused, "credit", "account" },
        { ScriptedTurn.Error(400, "bad", "messages must\nalternate"), ModelFailure.Refused, "messages must alternate", "settings" },
        { ScriptedTurn.Huge(), ModelFailure.Garbled, "over the limit", "Models:LongestAnswer" },
    };

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task Ask_LastingFault_IsToldInOneLineAtOnce(ScriptedTurn fault, ModelFailure failure, string says, string fix)
    {
        await using var server = await ScriptedModelServer.StartAsync(_ => fault);
        using var models = For(server);

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, failure, says, fix);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Ask_HugeArguments_AreCutOff()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.CallAll(new ScriptedCall("edit", new string(' ', 5_000_000))));
        using var models = For(server);

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(AskWithTools(), default));

        AssertOneLine(error, ModelFailure.Garbled, "over the limit", "MaxOutputTokens");
    }

    [Fact]
    public async Task Ask_EndlessLine_IsCutOff()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedTurn { Body = "data: " + new string('x', 17 * 1024 * 1024), BodyType = "text/event-stream" });
        using var models = For(server);

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, ModelFailure.Garbled, "single line", "over the limit");
    }

    [Fact]
    public async Task Ask_NobodyListens_IsUnreachable()
    {
        using var port = new RefusingPort();
        var address = new Uri($"http://127.0.0.1:{port.Number}/v1");
        using var models = new CallerFixture(Options(new ModelOptions { Name = "default", Url = address, Model = "scripted", Key = Secret }));

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, ModelFailure.Unreachable, "does not answer", "CODEX_MODEL_URL");
    }

    [Fact]
    public async Task Ask_PromptLargerThanConfigured_IsRefusedWithoutAsking()
    {
        await using var server = await ScriptedModelServer.StartAsync();
        using var models = For(server, model => model with { ContextTokens = 1000 });

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(new string('x', 10_000)), default));

        AssertOneLine(error, ModelFailure.ContextTooSmall, "takes 1000 tokens", "CODEX_MODEL_CONTEXT");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Ask_TemperatureRefused_IsLeftOutFromThenOn()
    {
        await using var server = await ScriptedModelServer.StartAsync(request => request.Body.TryGetProperty("temperature", out _)
            ? ScriptedTurn.Error(400, "unsupported_value", "Unsupported value: 'temperature' does not support 0.2 with this model.")
            : ScriptedTurn.Say("ok"));
        using var models = For(server);

        await models.Caller.AskAsync(Ask() with { Temperature = 0.2f }, default);
        await models.Caller.AskAsync(Ask() with { Temperature = 0.2f }, default);

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Ask_NoKeyConfigured_SendsNone()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("ok"));
        using var models = For(server, model => model with { Key = null });

        await models.Caller.AskAsync(Ask(), default);

        Assert.DoesNotContain("Authorization", server.Requests[0].Headers.Keys);
    }

    internal static void AssertOneLine(ModelException error, ModelFailure failure, params string[] parts)
    {
        Assert.Equal(failure, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Contains("\"default\"", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Seen : IProgress<string>
    {
        private readonly Channel<string> reported = Channel.CreateUnbounded<string>();

        public List<string> Parts { get; } = [];

        /// <summary>Waits for the next part that no earlier call returned.</summary>
        public Task<string> NextAsync() => reported.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);

        public void Report(string value)
        {
            Parts.Add(value);
            reported.Writer.TryWrite(value);
        }
    }
}
