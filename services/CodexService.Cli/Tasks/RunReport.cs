using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>What <c>codex run --json</c> writes: a contract with scripts, so its shape is its own and not the API's.</summary>
internal sealed record RunReport(
    Guid TaskId,
    TaskState State,
    string Brain,
    string? BaseCommit,
    string? HeadCommit,
    string? Branch,
    string? Patch,
    string? Summary,
    RunVerification? Verification,
    RunPullRequest? PullRequest,
    RunUsage Usage)
{
    /// <summary>The attempts, oldest first; left out when there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunAttempt>? Attempts { get; init; }

    private static readonly JsonSerializerOptions Options = new(JsonConventions.Options)
    {
        WriteIndented = true,

        // The report goes to files and pipes, never into HTML: a patch stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static RunReport Of(TaskDetail task, string serviceUrl) => new(
        task.Summary.Id,
        task.Summary.State,
        task.Summary.Brain,
        task.BaseCommit,
        task.HeadCommit,
        task.Branch,
        task.Patch,
        task.ResultSummary ?? task.Summary.Reason,
        task.Verification is { } proof
            ? new RunVerification(
                proof.FailToPass,
                proof.PassToPass,
                proof.Broken,
                [.. proof.Commands.Select(command => new RunCommand(command.Command, command.ExitCode, command.Seconds))]) { Network = proof.Network }
            : null,
        task.PullRequest is { } pull ? new RunPullRequest(pull.Number, PullRequestLink.Of(pull, serviceUrl), pull.State) : null,
        new RunUsage(
            task.Usage.WallSeconds,
            task.Usage.QueueSeconds,
            task.Usage.SandboxReadySeconds,
            task.Usage.Candidates,
            task.Usage.InputTokens,
            task.Usage.OutputTokens))
    {
        Attempts = task.Attempts.Count > 1 ? [.. task.Attempts.Select(RunAttempt.Of)] : null,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";
}

/// <summary>What was measured, in the report.</summary>
internal sealed record RunUsage(
    double WallSeconds, double QueueSeconds, double SandboxReadySeconds, int Candidates, long InputTokens, long OutputTokens);

/// <summary>The proof, in the report.</summary>
internal sealed record RunVerification(
    IReadOnlyList<string> FailToPass, int PassToPass, IReadOnlyList<string> Broken, IReadOnlyList<RunCommand> Commands)
{
    /// <summary>What programs tried to reach, as in the API; left out when nobody looked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NetworkReport? Network { get; init; }
}

/// <summary>One recorded command, in the report.</summary>
internal sealed record RunCommand(string Command, int ExitCode, double Seconds);

/// <summary>The pull request, in the report.</summary>
internal sealed record RunPullRequest(int Number, string Url, PullRequestState State);
