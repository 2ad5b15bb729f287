using CodexService.Sandbox;

namespace CodexService.Verification;

/// <summary>
/// What the two sides of a proof tried to reach, as their sandboxes recorded it. It explains failures and shows what a patch wants
/// from outside; no verdict depends on it.
/// </summary>
/// <param name="Before">At the base commit, both runs.</param>
/// <param name="After">With the patch, both runs.</param>
public sealed record NetworkEvidence(NetworkAttempts Before, NetworkAttempts After)
{
    /// <summary>Nobody looked.</summary>
    public static NetworkEvidence None { get; } = new(NetworkAttempts.NotRecorded, NetworkAttempts.NotRecorded);

    /// <summary>
    /// Names that were looked up with the patch alone. Empty when the base's names are not known, or not all of them.
    /// </summary>
    public IReadOnlyList<string> NewWithPatch =>
        !Before.NamesRecorded || Before.OtherLookups > 0
            ? []
            : [.. After.Names.Select(name => name.Name).Except(Before.Names.Select(name => name.Name), StringComparer.OrdinalIgnoreCase)];
}

/// <summary>Keeps hold of the sandboxes of a proof; what they recorded is read at its end, whatever ended it.</summary>
internal sealed class NetworkWatch(VerificationRequest request)
{
    private ISandbox? before;
    private ISandbox? after;

    /// <summary>The request of the base's side; of a merge that is the base that is merged into.</summary>
    public VerificationRequest Before => request with
    {
        OpenSandbox = async token => before = await (request.Merge?.OpenSandbox ?? request.OpenSandbox)(token),
    };

    /// <summary>The request of the patch's side.</summary>
    public VerificationRequest After => request with { OpenSandbox = async token => after = await request.OpenSandbox(token) };

    /// <summary>What was recorded so far.</summary>
    public NetworkEvidence Evidence => new(before?.Network ?? NetworkAttempts.NotRecorded, after?.Network ?? NetworkAttempts.NotRecorded);
}
