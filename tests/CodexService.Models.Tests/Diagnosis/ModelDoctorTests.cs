using CodexService.Models.Configuration;
using CodexService.Models.Diagnosis;
using CodexService.Models.Tests.Calling;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Diagnosis;

public sealed class ModelDoctorTests
{
    private static readonly ScriptedTurn Native = ScriptedTurn.Call("report", new { word = "ready" });
    private static readonly ScriptedTurn Written = ScriptedTurn.Say("<call name=\"report\">\n<word>ready</word>\n</call>");

    [Fact]
    public async Task Examine_HealthyEndpoint_SaysEverything()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { Key = Secret, ContextTokens = 32768 }, Native);

        var found = await ExamineAsync(Model(server));

        Assert.True(found.Works);
        Assert.Equal((true, 32768), (found.NativeTools, found.ContextTokens));
        Assert.NotNull(found.FirstToken);
        AssertLines(found, "reachable: scripted", "key accepted", "streams: first token", "tool calls: native", "32768 tokens (told by the endpoint)");
    }

    [Fact]
    public async Task Examine_ToolsRefused_SaysAsText()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { NativeTools = false }, Written);

        var found = await ExamineAsync(Model(server) with { Key = null });

        Assert.False(found.NativeTools);
        AssertLines(found, "no key needed", "tool calls: as text", "not told; set CODEX_MODEL_CONTEXT");
    }

    [Theory]
    [InlineData("/props", """{"default_generation_settings":{"n_ctx":4096}}""", 4096)]
    [InlineData("/api/show", """{"model_info":{"general.architecture":"llama","llama.context_length":8192}}""", 8192)]
    [InlineData("/api/show", """{"parameters":"temperature 1\nnum_ctx 2048","model_info":{"llama.context_length":8192}}""", 2048)]
    public async Task Examine_SideDoors_TellTheContext(string path, string page, int context)
    {
        await using var server = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Pages = new Dictionary<string, string>(StringComparer.Ordinal) { [path] = page } }, Native);

        Assert.Equal(context, (await ExamineAsync(Model(server))).ContextTokens);
    }

    [Fact]
    public async Task Examine_ConfiguredMoreThanServed_WarnsAboutIt()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { ContextTokens = 4096 }, Native);

        AssertLines(await ExamineAsync(Model(server) with { ContextTokens = 32768 }), "32768 tokens are configured but the endpoint tells 4096");
    }

    [Fact]
    public async Task Examine_ModelThatCallsNothing_SaysSo()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("ready"));

        var found = await ExamineAsync(Model(server));

        Assert.True(found.Works);
        Assert.Null(found.NativeTools);
        AssertLines(found, "none made when told to");
    }

    [Theory]
    [InlineData("wrong", "scripted", ModelFailure.Unauthorized, "CODEX_MODEL_KEY")]
    [InlineData(Secret, "other", ModelFailure.UnknownModel, "It serves: scripted.")]
    public async Task Examine_Misconfigured_SaysWhatToDo(string key, string model, ModelFailure failure, string says)
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { Key = Secret }, Native);

        var found = await ExamineAsync(Model(server) with { Key = key, Model = model });

        Assert.Equal((false, failure), (found.Works, found.Failure));
        AssertLines(Assert.Single(found.Lines), says);
    }

    [Fact]
    public async Task Examine_Hang_EndsByTheLimit()
    {
        var clock = new TestClock();
        await using var server = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.Hang());
        var options = Options(Model(server));
        using var models = new CallerFixture(options, clock);
        var examining = new ModelDoctor(options, models.Catalog, clock).ExamineAsync(default);
        var request = await server.NextRequestAsync();

        clock.Advance(TimeSpan.FromSeconds(30));

        var found = Assert.Single(await examining);
        Assert.Equal((false, ModelFailure.Silent), (found.Works, found.Failure));
        AssertLines(Assert.Single(found.Lines), "30 s");
        await request.Aborted.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Examine_SeveralModels_EachIsToldInOrder()
    {
        await using var broken = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.ServerError());
        await using var sound = await ScriptedModelServer.StartAsync(Native);
        var options = Options(Model(broken), Model(sound, "second"));
        var clock = new TestClock();
        using var models = new CallerFixture(options, clock);

        var found = await new ModelDoctor(options, models.Catalog, clock).ExamineAsync(default);

        Assert.Equal([("default", false), ("second", true)], found.Select(one => (one.Name, one.Works)));
        Assert.Single(broken.Requests);
    }

    private static async Task<ModelDiagnosis> ExamineAsync(ModelOptions model)
    {
        var options = Options(model);
        var clock = new TestClock();
        using var models = new CallerFixture(options, clock);
        return Assert.Single(await new ModelDoctor(options, models.Catalog, clock).ExamineAsync(default));
    }

    private static void AssertLines(ModelDiagnosis found, params string[] parts)
    {
        Assert.All(found.Lines, line => Assert.DoesNotContain('\n', line));
        AssertLines(string.Join('\n', found.Lines), parts);
    }

    private static void AssertLines(string text, params string[] parts)
    {
        Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
    }
}
