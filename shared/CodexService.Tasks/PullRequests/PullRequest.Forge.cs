using CodexService.Contracts.Api;

namespace CodexService.Tasks.PullRequests;

/// <content>The forge's side of it.</content>
public sealed partial class PullRequest
{
    private string publishedHead = "";
    private HeadTree headTree;

    /// <summary>Where it lives; see <see cref="ForgeNames"/>.</summary>
    public string Forge { get; init; } = ForgeNames.Local;

    /// <summary>The forge's own number; <see langword="null"/> for the local review.</summary>
    public int? ForgeNumber { get; init; }

    /// <summary>The forge's own id of the repository, which a new name does not change; <see langword="null"/> for the local review.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>The number that people know it by where they look at it.</summary>
    public int ShownNumber => ForgeNumber ?? Number;

    /// <summary>Commit that was published last; other than <see cref="HeadCommit"/> when people pushed since. Default the head.</summary>
    public string PublishedHead
    {
        get => publishedHead;
        init => publishedHead = value;
    }

    /// <summary>How the head commit stands to what the tests ran on.</summary>
    public HeadTree HeadTree
    {
        get => headTree;
        init => headTree = value;
    }

    /// <summary>Whether a person closed it here, and its forge has yet to hear of it.</summary>
    public bool IsCloseUntold { get; private set; }

    internal void Pushed(string commit)
    {
        headCommit = commit;
        headTree = HeadTree.PushedByOthers;
        Note = null;
        Conflicts = [];
    }

    internal void ApproveHeld(string commit, bool areSomeByHand)
    {
        headTree = headTree switch
        {
            // Those that a person is to apply by hand are missing still.
            HeadTree.HeldLeftOut => areSomeByHand ? HeadTree.HeldLeftOut : HeadTree.Verified,
            HeadTree.Verified or HeadTree.MoreLeftOut when commit != headCommit || !areSomeByHand => HeadTree.HeldAdded,
            _ => headTree,
        };
        headCommit = commit;
        heldForApproval = [];
    }

    internal void Reopen()
    {
        State = PullRequestState.Open;
        ClosedAt = null;
        Note = null;
        IsCloseUntold = false;
    }

    internal void ToldClose() => IsCloseUntold = false;
}
