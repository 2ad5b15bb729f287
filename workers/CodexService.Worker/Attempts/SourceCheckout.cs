using System.Globalization;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Reviewing;

namespace CodexService.Worker.Attempts;

/// <summary>
/// The first stage of an attempt: brings here what its sandboxes start from. Trouble that passes by itself (a network that broke, a host
/// that is not well, a pull-request service that restarts and has no token yet) is waited for: four more tries within about two minutes.
/// Thread-safe.
/// </summary>
internal sealed class SourceCheckout(RepositoryCheckout checkout, ConflictedMerges merges, TimeProvider time)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)];

    /// <summary>The commit that a base names.</summary>
    /// <param name="address">Repository.</param>
    /// <param name="baseRef">Branch, tag or commit.</param>
    /// <param name="tell">Is told, in one line for people, what is waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RepositoryException">It cannot be had; passing trouble was waited for.</exception>
    public Task<string> ResolveAsync(RepositoryAddress address, string? baseRef, Action<string> tell, CancellationToken cancellationToken) =>
        PatientlyAsync(async () => (await checkout.ResolveAsync(address, baseRef, cancellationToken)).Commit, tell, cancellationToken);

    /// <summary>Has a commit here that is known already.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public Task<string> BringAsync(RepositoryAddress address, string commit, Action<string> tell, CancellationToken cancellationToken) => PatientlyAsync(
        async () =>
        {
            await checkout.BringAsync(address, commit, cancellationToken);
            return commit;
        },
        tell,
        cancellationToken);

    /// <summary>Whether a commit that was brought here has Python files.</summary>
    /// <exception cref="RepositoryException">It is not here.</exception>
    public Task<bool> HasPythonAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken) => checkout.HasPythonAsync(address, commit, cancellationToken);

    /// <summary>The merge whose conflicts an attempt resolves.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public Task<ConflictedMerge> MergeAsync(RepositoryAddress address, string head, string baseTip, Action<string> tell, CancellationToken cancellationToken) =>
        PatientlyAsync(() => merges.PrepareAsync(address, head, baseTip, cancellationToken), tell, cancellationToken);

    /// <summary>A change that is to be reviewed: its commits, unless they are known, and its diff.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public Task<(ChangeRange Range, ChangeDiff Diff)> ReadChangeAsync(RepositoryAddress address, ChangeRange? known, string baseRef, string headRef, Action<string> tell, CancellationToken cancellationToken) => PatientlyAsync(
        async () =>
        {
            var range = known ?? await checkout.ResolveChangeAsync(address, baseRef, headRef, cancellationToken);
            return (range, await checkout.ReadChangeAsync(address, range, cancellationToken));
        },
        tell,
        cancellationToken);

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> step, Action<string> tell, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await step();
            }
            catch (RepositoryException e) when (e.IsPassing && tries < Pauses.Length)
            {
                tell(string.Create(CultureInfo.InvariantCulture, $"{e.Message}; this may pass: tried again in {Pauses[tries].TotalSeconds:0} s ({tries + 1} of {Pauses.Length})"));
                await Task.Delay(Pauses[tries], time, cancellationToken);
            }
        }
    }
}
