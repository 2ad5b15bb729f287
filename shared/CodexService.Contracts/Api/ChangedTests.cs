namespace CodexService.Contracts.Api;

/// <summary>What a patch did to a file.</summary>
public enum TestFileChange
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>Its content changed.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>A file of tests, or of settings of tests, that a patch changes: a person has to look whether the proof still means something.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Change">What the patch did to it.</param>
public sealed record ChangedTestFile(string Path, TestFileChange Change);
