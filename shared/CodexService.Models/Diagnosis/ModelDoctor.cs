using System.Text.Json;
using CodexService.Models.Calling;
using CodexService.Models.Configuration;
using CodexService.Models.Providers;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Diagnosis;

/// <summary>What was found about one configured model.</summary>
/// <param name="Name">Configured name.</param>
/// <param name="Works">Whether it answered.</param>
/// <param name="Failure">Why not; <see langword="null"/> when it works.</param>
/// <param name="Lines">For people: one line for each finding, or the one that says what was wrong and what to do.</param>
/// <param name="FirstToken">From the request to the first token; <see langword="null"/> when none came.</param>
/// <param name="NativeTools">Whether it calls tools natively; <see langword="null"/> when not known.</param>
/// <param name="ContextTokens">Context length that is configured or that the endpoint tells.</param>
public sealed record ModelDiagnosis(
    string Name, bool Works, ModelFailure? Failure, IReadOnlyList<string> Lines, TimeSpan? FirstToken, bool? NativeTools, int? ContextTokens);

/// <summary>Calls every configured model and says what works. At most 30 s for each, all at the same time.</summary>
public sealed class ModelDoctor
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ModelsOptions options;
    private readonly ModelCatalog catalog;
    private readonly TimeProvider time;

    internal ModelDoctor(ModelsOptions options, ModelCatalog catalog, TimeProvider time)
    {
        this.options = options;
        this.catalog = catalog;
        this.time = time;
    }

    /// <summary>One diagnosis for each configured model, in order; empty when none is configured.</summary>
    public async Task<IReadOnlyList<ModelDiagnosis>> ExamineAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(options.Named.Select(model => ExamineAsync(model, cancellationToken)));

    private async Task<ModelDiagnosis> ExamineAsync(ModelOptions model, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var told = new EndpointFacts(null, null);
        try
        {
            using var http = catalog.Http(model.Name);
            told = await new EndpointProbe(model, http).AskAsync(either.Token);
            var answer = await AskForACallAsync(model, either.Token);
            return Healthy(model, answer, told);
        }
        catch (ModelException e)
        {
            return new ModelDiagnosis(model.Name, false, e.Failure, [e.Message + Served(told, e.Failure)], null, null, model.ContextTokens ?? told.ContextTokens);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var line = $"Model \"{model.Name}\" ({model.Model} at {model.Url}) gave no answer within {Limit.TotalSeconds:0} s. See whether the endpoint is overloaded or still loading the model.";
            return new ModelDiagnosis(model.Name, false, ModelFailure.Silent, [line], null, null, model.ContextTokens ?? told.ContextTokens);
        }
    }

    // One attempt alone: a diagnosis that repeats and waits would hide what it is to find.
    private async Task<(ModelAnswer Answer, bool AsText)> AskForACallAsync(ModelOptions model, CancellationToken cancellationToken)
    {
        using var clients = new ChatClients(time);
        using var endpoint = new ModelEndpoint(model, options with { Retries = 0, FirstTokenTimeout = Limit }, clients, time);
        var request = new ModelRequest(
            [
                new ChatMessage(ChatRole.System, "You call tools. Answer with one tool call and nothing else."),
                new ChatMessage(ChatRole.User, "Call the tool report with the word ready."),
            ],
            [new ReportTool()]);
        var answer = await endpoint.AskAsync(request, cancellationToken);
        return (answer, endpoint.CallsToolsAsText);
    }

    private static ModelDiagnosis Healthy(ModelOptions model, (ModelAnswer Answer, bool AsText) asked, EndpointFacts told)
    {
        var called = asked.Answer.Message.Contents.OfType<FunctionCallContent>().Any(call => call.Exception is null);
        bool? native = asked.AsText ? false : called ? true : null;
        var context = model.ContextTokens ?? told.ContextTokens;
        List<string> lines =
        [
            $"reachable: {model.Model} at {model.Url}, {(model.Key is null ? "no key needed" : "key accepted")}",
            $"streams: first token after {asked.Answer.FirstToken.TotalSeconds:0.00} s",
            (native, called) switch
            {
                (true, _) => "tool calls: native",
                (false, true) => "tool calls: as text",
                (false, false) => "tool calls: as text, and the model made none when told to; choose a model that was trained to call tools",
                _ => $"tool calls: none made when told to; when tasks fail for lack of calls set {model.ContextSetting.Replace("ContextTokens", "ToolCalls", StringComparison.Ordinal)} to text, or choose another model",
            },
            (model.ContextTokens, told.ContextTokens) switch
            {
                ({ } set, { } said) when set > said => $"context: {set} tokens are configured but the endpoint tells {said}; lower {model.ContextSetting}, or serve the model with a longer context",
                ({ } set, _) => $"context: {set} tokens (configured)",
                (null, { } said) => $"context: {said} tokens (told by the endpoint)",
                _ => $"context: not told; set {model.ContextSetting}",
            },
        ];
        if (told.Models is { } models && !models.Contains(model.Model, StringComparer.Ordinal))
        {
            lines.Add($"name: the endpoint answers but does not list {model.Model}; it lists {Names(models)}");
        }

        return new ModelDiagnosis(model.Name, true, null, lines, asked.Answer.FirstToken, native, context);
    }

    private static string Served(EndpointFacts told, ModelFailure failure) =>
        failure == ModelFailure.UnknownModel && told.Models is { Count: > 0 } models ? $" It serves: {Names(models)}." : "";

    private static string Names(IReadOnlyList<string> models) =>
        string.Join(", ", models.Take(10)) + (models.Count > 10 ? $" and {models.Count - 10} more" : "");

    private sealed class ReportTool : AIFunctionDeclaration
    {
        private static readonly JsonElement Schema = JsonSerializer.Deserialize<JsonElement>(
            """{"type":"object","properties":{"word":{"type":"string","description":"the word"}},"required":["word"]}""");

        public override string Name => "report";

        public override string Description => "Reports a word.";

        public override JsonElement JsonSchema => Schema;
    }
}
