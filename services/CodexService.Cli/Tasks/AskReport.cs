using System.Text.Encodings.Web;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>What <c>codex ask --json</c> writes.</summary>
internal sealed record AskReport(
    Guid TaskId,
    TaskState State,
    string? Reason,
    string? BaseCommit,
    string? Answer,
    IReadOnlyList<AnswerReference> References)
{
    /// <summary>Indented, and readable: the report never goes into HTML.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonConventions.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static AskReport Of(TaskDetail task) =>
        new(task.Summary.Id, task.Summary.State, task.Summary.Reason, task.BaseCommit, task.Answer, task.References);
}
