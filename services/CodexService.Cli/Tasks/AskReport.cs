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
    public static AskReport Of(TaskDetail task) =>
        new(task.Summary.Id, task.Summary.State, task.Summary.Reason, task.BaseCommit, task.Answer, task.References);
}
