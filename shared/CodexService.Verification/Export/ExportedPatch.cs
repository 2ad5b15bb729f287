using CodexService.Repositories.Patches;

namespace CodexService.Verification.Export;

/// <summary>What came out of a workspace.</summary>
/// <param name="Patch">The change against the baseline as a unified diff; empty when nothing changed.</param>
/// <param name="Check">Its judgement; only an allowed patch may go on.</param>
public sealed record ExportedPatch(string Patch, PatchCheck Check)
{
    /// <summary>Whether there is no change.</summary>
    public bool IsEmpty => Patch.Length == 0;
}

/// <summary>The change of a workspace cannot be exported. The message is one line for people.</summary>
public sealed class PatchExportException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PatchExportException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
