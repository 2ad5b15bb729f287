using System.Text;
using System.Text.Json;
using CodexService.Agent.Prompts;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Repositories.Patches;
using CodexService.Sandbox;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Rounds;

namespace CodexService.Worker.Attempts;

/// <summary>What a follow-up builds on: the summary of the earlier work, and the partial patch it starts from. Thread-safe.</summary>
internal sealed class EarlierRounds(TaskRounds rounds)
{
    private const string ApplyCommand = "git apply --whitespace=nowarn -";

    /// <summary>The earlier work; <see langword="null"/> for the first prompt.</summary>
    public async Task<EarlierWork?> ReadAsync(ClaimedAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.PromptNumber == 1)
        {
            return null;
        }

        var earlier = await rounds.EarlierAsync(attempt.Lease.TaskId, attempt.PromptNumber, cancellationToken);
        return new EarlierWork([.. earlier.Select(Describe)], attempt.OnPullRequest || attempt.PartialOf is not null);
    }

    /// <summary>
    /// Applies the partial patch that the attempt starts from. The baseline stays the base commit, so what is exported and verified
    /// later is the whole change, this patch included.
    /// </summary>
    /// <exception cref="SandboxException">The patch does not apply any more, or the sandbox failed; one line.</exception>
    public async Task ApplyPartialAsync(ClaimedAttempt attempt, ISandbox sandbox, CancellationToken cancellationToken)
    {
        if (attempt.PartialOf is not { } partial || await rounds.PatchAsync(partial, cancellationToken) is not { Length: > 0 } patch)
        {
            return;
        }

        var applied = await sandbox.RunAsync(
            new SandboxCommand(ApplyCommand) { StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(patch), writable: false) },
            cancellationToken);
        if (!applied.Succeeded)
        {
            var why = (applied.Error ?? applied.StandardErrorText).Trim().Split('\n')[0];
            throw new SandboxException($"the partial patch of the earlier work does not apply to {attempt.BaseCommit?[..10]}: {why}; submit a new task");
        }
    }

    /// <summary>Tests that the rounds before turned from failing to passing, as far as their patches were verified.</summary>
    public async Task<IReadOnlyList<string>> RepairedAsync(ClaimedAttempt attempt, CancellationToken cancellationToken) =>
    [
        .. (await rounds.EarlierAsync(attempt.Lease.TaskId, attempt.PromptNumber, cancellationToken))
            .Where(round => round is { State: AttemptState.Succeeded, Result.Verification: not null })
            .SelectMany(round => JsonSerializer.Deserialize<VerificationReport>(round.Result!.Verification!, JsonConventions.Options)!.FailToPass)
            .Distinct(StringComparer.Ordinal),
    ];

    private static EarlierPrompt Describe(EarlierRound round)
    {
        var report = round.Result?.Verification is { } json ? JsonSerializer.Deserialize<VerificationReport>(json, JsonConventions.Options) : null;
        return new EarlierPrompt(
            round.Prompt,
            round.State is { } state ? $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()).Replace('_', ' ')}: {round.Reason}" : "nothing was done",
            round.Result is { Patch.Length: > 0 } result ? [.. PatchPolicy.Check(result.Patch).Files.Select(file => file.Path)] : [],
            [.. (report?.Broken ?? []).Concat(report?.StillFailing ?? [])],
            round.Plan,
            round.Result?.Summary ?? "");
    }
}
