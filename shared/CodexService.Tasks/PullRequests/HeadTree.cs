namespace CodexService.Tasks.PullRequests;

/// <summary>How the files of a pull request's head commit stand to those that the tests ran on. The proof speaks of the head when they are the same.</summary>
public enum HeadTree
{
    /// <summary>They are the tested ones.</summary>
    Verified,

    /// <summary>Held paths were tested and left out, or are to be applied by hand; with them it is what was tested.</summary>
    HeldLeftOut,

    /// <summary>Held paths of this change and of earlier ones were left out; only the former were tested.</summary>
    MoreLeftOut,

    /// <summary>A person had held paths added that the tests did not run with.</summary>
    HeldAdded,

    /// <summary>The change stands on top of commits by others, made while it was worked on.</summary>
    OnOthers,

    /// <summary>Others pushed after it was published.</summary>
    PushedByOthers,
}
