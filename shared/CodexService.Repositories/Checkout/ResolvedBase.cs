namespace CodexService.Repositories.Checkout;

/// <summary>Where a task starts.</summary>
/// <param name="Ref">Branch, tag or commit as asked, in its short form.</param>
/// <param name="Branch">The branch that the change is meant for: the same branch, or the default one for a tag or a commit.</param>
/// <param name="Commit">Full commit id.</param>
public sealed record ResolvedBase(string Ref, string Branch, string Commit);

/// <summary>What was written to a tar.</summary>
/// <param name="Bytes">Length of the archive.</param>
/// <param name="Submodules">Paths of submodules; each is an empty folder in the tree, because its content is another repository's.</param>
public sealed record TreeArchive(long Bytes, IReadOnlyList<string> Submodules);
