using System.Runtime.CompilerServices;
using CodexService.Models.Configuration;
using CodexService.Models.Counting;
using CodexService.Models.Diagnosis;
using CodexService.Models.Providers;
using CodexService.Models.ToolProtocol;
using Microsoft.Extensions.AI;
using Polly;

namespace CodexService.Models.Calling;

/// <summary>
/// One configured model: asks it with retries and limits, and remembers for the rest of the process what it turned out not to
/// take (native tool calls, a temperature). Thread-safe.
/// </summary>
internal sealed class ModelEndpoint : IDisposable
{
    private const int TokensPerMessage = 4;
    private const double Slack = 1.1;
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, StrongBox<double>> ToolSizes = [];

    private readonly ModelsOptions limits;
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time;
    private readonly ChatClients clients;
    private readonly IChatClient client;
    private readonly TokenCounter counter;
    private readonly AnswerReader reader;
    private readonly ResiliencePipeline retries;
    private volatile bool callsToolsAsText;
    private volatile bool hasCalledNatively;
    private volatile bool takesNoTemperature;
    private volatile bool takesNoNotesAfterResults;
    private volatile bool takesNoSystem;
    private int? toldContext;

    /// <summary>Creates the endpoint of one model.</summary>
    public ModelEndpoint(ModelOptions model, ModelsOptions limits, ChatClients clients, TimeProvider time)
    {
        Model = model;
        this.limits = limits;
        this.time = time;
        this.clients = clients;
        client = clients.For(model);
        counter = new TokenCounter(model, model.Provider == ModelProvider.OpenAI ? clients.Plain(model) : null, time);
        reader = new AnswerReader(limits, time);
        retries = RetryPipeline.Create(limits, time);
        callsToolsAsText = model.ToolCalls == ToolCalls.Text;
    }

    /// <summary>What was configured.</summary>
    public ModelOptions Model { get; }

    /// <summary>Whether tools are called as text, by configuration or by experience.</summary>
    public bool CallsToolsAsText => callsToolsAsText;

    /// <summary>Completes when every text asked so far is counted as exactly as it can be.</summary>
    internal Task CountsSettled => counter.Settled;

    /// <summary>Tokens of a text.</summary>
    public int CountTokens(string text) => counter.Count(text);

    /// <summary>One answer.</summary>
    /// <exception cref="ModelException">The model did not answer.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var asText = callsToolsAsText;
            var messages = Messages(request, asText);
            var estimated = Estimate(messages, asText ? [] : request.Tools);
            var prompt = counter.Corrected(estimated);
            var hasTemperature = !takesNoTemperature && (Model.Temperature ?? request.Temperature) is not null;
            try
            {
                return await AskOnceAsync(request, messages, (estimated, prompt), asText, started, cancellationToken);
            }
            catch (Exception e) when (e is EndpointException or HttpRequestException)
            {
                // Each is learned once, so this ends.
                if (!asText && request.Tools.Count > 0 && Model.ToolCalls == ToolCalls.Auto && EndpointErrors.IsAboutTools(e))
                {
                    callsToolsAsText = true;
                }
                else if (hasTemperature && EndpointErrors.IsAboutTemperature(e))
                {
                    takesNoTemperature = true;
                }
                else if (!takesNoNotesAfterResults && EndpointErrors.IsAboutAlternation(e) && !asText && Alternation.HasNotesAfterResults(request.Messages))
                {
                    takesNoNotesAfterResults = true;
                }
                else if (!takesNoSystem && EndpointErrors.IsAboutSystemRole(e))
                {
                    takesNoSystem = true;
                }
                else
                {
                    var explained = EndpointErrors.Explain(Model, e, limits);
                    throw explained.Failure == ModelFailure.ContextTooSmall
                        ? EndpointErrors.TooLong(Model, prompt, await FindContextAsync(cancellationToken), e.Message)
                        : explained;
                }
            }
        }
    }

    /// <summary>Tokens that the model takes: as configured, else as the endpoint tells; asked once, for 5 s at most.</summary>
    public async Task<int?> FindContextAsync(CancellationToken cancellationToken)
    {
        if (Model.ContextTokens is not null || toldContext is not null)
        {
            return Model.ContextTokens ?? toldContext;
        }

        using var limit = new CancellationTokenSource(ProbeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var http = clients.Plain(Model);
        try
        {
            toldContext = (await new EndpointProbe(Model, http).AskAsync(either.Token)).ContextTokens;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody said; the request for an answer tells what is wrong.
        }

        return toldContext;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        client.Dispose();
        counter.Dispose();
    }

    private async Task<ModelAnswer> AskOnceAsync(
        ModelRequest request, IReadOnlyList<ChatMessage> messages, (double Estimated, int Corrected) size, bool asText, long started, CancellationToken cancellationToken)
    {
        var (estimated, prompt) = size;
        var options = Options(request, asText);
        if (Model.ContextTokens is { } most && prompt > most * Slack)
        {
            throw EndpointErrors.TooLong(Model, prompt);
        }

        var raw = await retries.ExecuteAsync(
            async token => await reader.ReadAsync(client, messages, options, request.Text, used => request.Unanswered?.Invoke(Priced(used, used.InputTokenCount ?? 0, used.OutputTokenCount ?? 0)), token),
            cancellationToken);
        if (raw.Usage?.InputTokenCount is > 0 and var reported)
        {
            counter.Learn(estimated, reported);
        }

        var (message, wroteCalls) = AnswerMessage.From(raw, request.Tools, asText, mayBeText: Model.ToolCalls == ToolCalls.Auto);
        if (raw.Calls.Count > 0)
        {
            hasCalledNatively = true;
        }
        else if (wroteCalls && !asText && !hasCalledNatively)
        {
            // The endpoint takes tools but leaves the model's calls in the text: from now on as text, where we say the form.
            // Where native calls have worked it is a slip: this call is taken, and nothing changes.
            callsToolsAsText = true;
        }

        var finish = raw.FinishReason == ChatFinishReason.Stop && message.Contents.OfType<FunctionCallContent>().Any() ? ChatFinishReason.ToolCalls : raw.FinishReason;
        return new ModelAnswer(message, Usage(raw, prompt), Model.Name, finish, raw.FirstToken, time.GetElapsedTime(started));
    }

    private IReadOnlyList<ChatMessage> Messages(ModelRequest request, bool asText)
    {
        var messages = asText ? TextTranscript.From(request.Messages, request.Tools) : Alternation.MergeNotes(request.Messages, takesNoNotesAfterResults);
        return takesNoSystem ? Alternation.WithoutSystem(messages) : messages;
    }

    private ChatOptions Options(ModelRequest request, bool asText)
    {
        var options = new ChatOptions
        {
            Temperature = takesNoTemperature ? null : Model.Temperature ?? request.Temperature,
            MaxOutputTokens = request.MaxOutputTokens ?? Model.MaxOutputTokens,
        };
        if (asText && request.Tools.Count > 0)
        {
            options.StopSequences = [AnswerMessage.ResultTag];
        }
        else if (request.Tools.Count > 0)
        {
            options.Tools = [.. request.Tools];
        }

        return options;
    }

    private ModelUsage Usage(RawAnswer raw, int prompt)
    {
        // Endpoints that report nothing still count against budgets.
        var input = raw.Usage?.InputTokenCount ?? prompt;
        var output = raw.Usage?.OutputTokenCount
            ?? counter.Corrected(TokenCounter.Estimate(raw.Text) + TokenCounter.Estimate(raw.Reasoning) + raw.Calls.Sum(call => TokenCounter.Estimate(ToolArguments.Json(call))));
        return Priced(raw.Usage, input, output);
    }

    private ModelUsage Priced(UsageDetails? reported, long input, long output)
    {
        var cached = Math.Min(reported?.CachedInputTokenCount ?? 0, input);
        return new ModelUsage(input, cached, output, Model.Prices.Of(input, cached, output));
    }

    private static double Estimate(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        var tokens = 0.0;
        foreach (var message in messages)
        {
            tokens += TokensPerMessage;
            foreach (var content in message.Contents)
            {
                tokens += content switch
                {
                    TextReasoningContent => 0,
                    TextContent text => TokenCounter.Estimate(text.Text),
                    FunctionCallContent call => TokensPerMessage + TokenCounter.Estimate(call.Name) + TokenCounter.Estimate(ToolArguments.Json(call)),
                    FunctionResultContent { Result: string result } => TokenCounter.Estimate(result),
                    FunctionResultContent result => TokenCounter.Estimate(ToolArguments.Text(result)),
                    _ => 0,
                };
            }
        }

        foreach (var tool in tools)
        {
            tokens += ToolSizes.GetValue(tool, static tool => new(TokenCounter.Estimate(tool.Description) + TokenCounter.Estimate(tool.JsonSchema.GetRawText()))).Value;
        }

        return tokens;
    }
}
