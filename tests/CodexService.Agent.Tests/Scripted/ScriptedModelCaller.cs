using CodexService.Models;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tests.Scripted;

/// <summary>A stand-in for a model: answers what the test wrote down, in order, and keeps what it was asked.</summary>
internal sealed class ScriptedModelCaller(params Func<ModelRequest, CancellationToken, Task<ModelAnswer>>[] answers) : IModelCaller
{
    public static readonly ModelUsage UsagePerTurn = new(100, 60, 10, 0.01m);

    private static int calls;
    private int next;

    public string Name => "scripted";

    public int? ContextTokens { get; init; }

    /// <summary>Whether the last answer is given again and again.</summary>
    public bool RepeatsLast { get; init; }

    /// <summary>What it was asked, oldest first.</summary>
    public List<ModelRequest> Requests { get; } = [];

    /// <summary>How many texts were counted.</summary>
    public int Counted { get; private set; }

    public async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Assert.True(next < answers.Length || RepeatsLast, $"the script has {answers.Length} answers, and one more was asked for");
        return await answers[Math.Min(next++, answers.Length - 1)](request, cancellationToken);
    }

    public int CountTokens(string text)
    {
        Counted++;
        return (text.Length + 3) / 4;
    }

    /// <summary>An answer with calls.</summary>
    public static Func<ModelRequest, CancellationToken, Task<ModelAnswer>> Calls(params (string Tool, object Arguments)[] made) =>
        (_, _) => Task.FromResult(Answer([.. made.Select(call => Call(call.Tool, call.Arguments))]));

    /// <summary>An answer with one call.</summary>
    public static Func<ModelRequest, CancellationToken, Task<ModelAnswer>> Calls(string tool, object arguments) => Calls((tool, arguments));

    /// <summary>An answer without a call.</summary>
    public static Func<ModelRequest, CancellationToken, Task<ModelAnswer>> Says(string text) => (_, _) => Task.FromResult(Answer([new TextContent(text)]));

    /// <summary>A call that cannot be read.</summary>
    public static Func<ModelRequest, CancellationToken, Task<ModelAnswer>> Garbles(string tool, string reason = "the arguments are no JSON", ChatFinishReason? finish = null) =>
        (_, _) => Task.FromResult(Answer([new FunctionCallContent(NextId(), tool) { Exception = new FormatException(reason) }], finish));

    /// <summary>A model that does not answer.</summary>
    public static Func<ModelRequest, CancellationToken, Task<ModelAnswer>> Fails(ModelFailure failure, string message, ModelUsage? spent = null) =>
        (_, _) => throw new ModelException(failure, message) { Spent = spent ?? ModelUsage.None };

    public static FunctionCallContent Call(string tool, object arguments) =>
        new(NextId(), tool, arguments.GetType().GetProperties().ToDictionary(property => property.Name, property => property.GetValue(arguments), StringComparer.Ordinal));

    public static ModelAnswer Answer(IList<AIContent> contents, ChatFinishReason? finish = null) =>
        new(new ChatMessage(ChatRole.Assistant, contents), UsagePerTurn, "scripted", finish ?? ChatFinishReason.Stop, TimeSpan.Zero, TimeSpan.Zero);

    private static string NextId() => $"call_{Interlocked.Increment(ref calls)}";
}
