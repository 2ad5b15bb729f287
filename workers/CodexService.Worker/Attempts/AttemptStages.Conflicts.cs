using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Patches;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Reviews;
using CodexService.Verification;

namespace CodexService.Worker.Attempts;

/// <content>
/// Conflicts with the base branch. The sandbox starts from the merge as git leaves it, with conflict markers; the resolution is a patch
/// on top, and it is compared with the base branch's tip.
/// </content>
internal sealed partial class AttemptStages
{
    private const string NeedsModel = "resolving conflicts needs a model or a person: configure a model (CODEX_MODEL_URL) and ask again, or merge the base branch by hand";
    private const int MostNamed = 5;

    /// <summary>The merge that the attempt starts from; <see langword="null"/> when it merges nothing.</summary>
    private async Task<string?> MergedAsync(AttemptWork work, RepositoryAddress address, CancellationToken cancellationToken)
    {
        if (work.Attempt is not { MergedCommit: { } tip, BaseCommit: { } head })
        {
            return null;
        }

        work.Merge = await checkout.MergeAsync(address, head, tip, Waits(work), cancellationToken);
        work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, $"Merged {tip[..10]} of the base branch into {head[..10]}: {work.Merge.Conflicts.Count} in conflict")
        {
            Stage = "checkout",
            Data = new { stage = "checkout", head_commit = head, merged_commit = tip, conflicts = work.Merge.Conflicts.Count },
        });
        return work.Merge.Commit;
    }

    /// <summary>The end of an attempt that left conflicts, whatever its brain says; <see langword="null"/> when none is left.</summary>
    private async Task<AttemptOutcome?> UnresolvedAsync(AttemptWork work, ConflictedMerge merge, CancellationToken cancellationToken)
    {
        if (work.Patch.Length == 0)
        {
            return work.Unfinished(AttemptState.NoChange, $"the conflicts are not resolved: {FirstLine(work.Said?.Summary) ?? "nothing was changed"}");
        }

        if (!PatchPolicy.Check(work.Patch, Limits).Allowed)
        {
            // Refused for that in a moment.
            return null;
        }

        var left = await merges.LeftoversAsync(merge, work.Patch, cancellationToken);
        if (left.Count == 0)
        {
            return null;
        }

        var reason = $"conflict markers are left in {string.Join(", ", left.Take(MostNamed).Select(path => VisibleText.Line(path, 200)))}{(left.Count > MostNamed ? $" and {left.Count - MostNamed} more" : "")}";
        work.Journal.Write(new AttemptReport(TaskEventTypes.PatchRefuted, $"Not verified: {reason}") { Data = new { reason } });
        return work.Unfinished(AttemptState.NoChange, work.Interrupted($"the patch was not verified: {reason}"));
    }

    private async Task<MergeReference?> ReferenceAsync(AttemptWork work, SandboxSource source, CancellationToken cancellationToken) => work.Merge is { } merge
        ? new MergeReference(
            async token => (await sandboxes.OpenAsync(source with { Commit = merge.BaseTip }, token)).Sandbox,
            await earlier.RepairedAsync(work.Attempt, cancellationToken))
        : null;
}
