using CodexService.Models.Configuration;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using static CodexService.Models.Tests.Calling.CallerFixture;
using static CodexService.Models.Tests.Calling.ModelCallerTests;

namespace CodexService.Models.Tests.Calling;

/// <summary>Addresses that are not what people think, and what failed calls cost.</summary>
public sealed class BadEndpointTests
{
    private const string Begun =
        """data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"scripted","choices":[{"index":0,"delta":{"content":"I will"}}],"usage":{"prompt_tokens":100,"completion_tokens":3,"total_tokens":103}}""" + "\n\n";

    public static TheoryData<string, ScriptedTurn, ModelFailure, string> NotStreams { get; } = new()
    {
        { "json", new() { Body = """{"id":"x","choices":[{"message":{"content":"hello"}}]}""" }, ModelFailure.Unreachable, "answered in one piece" },
        { "text", new() { Body = "Hello, I am a printer.\nReady.", BodyType = "text/plain" }, ModelFailure.Unreachable, "answered \"Hello, I am a printer. Ready.\" in place of a stream of events" },
        { "error with 200", new() { Body = "{\"error\":{\"message\":\"no GPU for " + Secret + "\"}}" }, ModelFailure.Refused, "no GPU for ***" },
        { "page with 404", new() { Status = 404, Body = "<html><title>no model here</title>", BodyType = "text/html" }, ModelFailure.Unreachable, "a web page (404)" },
    };

    [Theory]
    [MemberData(nameof(NotStreams))]
    public async Task Ask_AnswerIsNoStreamOfEvents_SaysWhatCame(string name, ScriptedTurn turn, ModelFailure failure, string says)
    {
        Assert.NotEmpty(name);
        await using var server = await ScriptedModelServer.StartAsync(_ => turn);
        using var models = For(server);

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, failure, says);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(": keep-alive\n\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("\uFEFFevent: message\n")]
    public async Task Ask_StreamBeginsWithWhatIsAllowed_IsRead(string beginning)
    {
        var turn = new ScriptedTurn { Body = beginning + Begun.Replace("\"delta\"", "\"finish_reason\":\"stop\",\"delta\"", StringComparison.Ordinal) + "data: [DONE]\n\n", BodyType = "text/event-stream" };
        await using var server = await ScriptedModelServer.StartAsync(_ => turn);
        using var models = For(server);

        Assert.Equal("I will", (await models.Caller.AskAsync(Ask(), default)).Message.Text);
    }

    [Theory]
    [InlineData("/api", "Is CODEX_MODEL_URL missing /v1 at its end?")]
    [InlineData("/v1/wrong", "Correct CODEX_MODEL_URL; it has to be the API's base address")]
    public async Task Ask_NothingAtTheAddress_SaysWhatIsWrongWithIt(string path, string says)
    {
        await using var server = await ScriptedModelServer.StartAsync();
        using var models = For(server, model => model with { Url = new Uri(server.RootUrl + path) });

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, ModelFailure.Unreachable, "not a model's API: 404", says);
    }

    [Fact]
    public async Task Ask_HostDoesNotResolve_NamesTheHost()
    {
        using var models = new CallerFixture(Options(new ModelOptions { Name = "default", Url = new Uri("http://no-such-host.invalid/v1"), Model = "m" }) with { Retries = 0 });

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        AssertOneLine(error, ModelFailure.Unreachable, "the host name no-such-host.invalid does not resolve", "CODEX_MODEL_URL", "DNS");
    }

    [Fact]
    public async Task Ask_PromptTooLong_SaysWhatWasFoundAndWhatWasNeeded()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { ContextTokens = 8192 }, ScriptedTurn.ContextTooLong());
        using var models = new CallerFixture(Options(Model(server)), new TestClock());

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(new string('x', 36_000)), default));

        AssertOneLine(error, ModelFailure.ContextTooSmall, "takes 8192 tokens, the prompt has about 10", "CODEX_MODEL_CONTEXT");
    }

    [Fact]
    public async Task FindContext_NotConfigured_IsAskedOfTheEndpoint()
    {
        await using var telling = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { ContextTokens = 8192 });
        await using var silent = await ScriptedModelServer.StartAsync();

        // An endpoint has 5 s to tell; on a clock that stands still a slow machine has all the time.
        using var told = new CallerFixture(Options(Model(telling)), new TestClock());
        using var configured = new CallerFixture(Options(Model(telling) with { ContextTokens = 4096 }), new TestClock());
        using var unknown = new CallerFixture(Options(Model(silent)), new TestClock());

        Assert.Equal(8192, await told.Caller.FindContextAsync(default));
        Assert.Equal(4096, await configured.Caller.FindContextAsync(default));
        Assert.Null(await unknown.Caller.FindContextAsync(default));
    }

    [Fact]
    public async Task Ask_CallsThatFailed_AreCountedAsFarAsTheEndpointReported()
    {
        var broken = new ScriptedTurn { Body = Begun, BodyType = "text/event-stream" };
        await using var server = await ScriptedModelServer.StartAsync(broken, ScriptedTurn.Truncated(), ScriptedTurn.Say("ok") with { Usage = new(10, 4, 2) });
        using var models = For(server, model => model with { Prices = new ModelPrices(1_000_000m, null, 0m) });

        var lost = ModelUsage.None;
        var answer = await models.Caller.AskAsync(Ask() with { Unanswered = used => lost += used }, default);

        Assert.Equal(new ModelUsage(110, 4, 5, 110m), answer.Usage + lost);
    }

    [Fact]
    public async Task Ask_AllCallsFailed_WhatTheyCostIsTold()
    {
        await using var first = await ScriptedModelServer.StartAsync(_ => new ScriptedTurn { Body = Begun, BodyType = "text/event-stream" });
        await using var second = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.Truncated() with { Usage = new(20, 5, 1) });
        using var models = new CallerFixture(Options(
            Model(first), Model(second, "second") with { Provider = ModelProvider.Anthropic, Url = new Uri(second.RootUrl) }) with { Retries = 1, Fallback = ["second"] });

        var lost = ModelUsage.None;
        await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask() with { Unanswered = used => lost += used }, default));

        // The second endpoint tells the prompt at once and the answer at its end, which never came.
        Assert.Equal((240, 6), (lost.InputTokens, lost.OutputTokens));
    }
}
