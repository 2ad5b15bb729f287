namespace CodexService.Repositories.Patches;

/// <summary>How large a patch may be.</summary>
public sealed record PatchLimits
{
    /// <summary>Bytes of the patch text. Default 10 MiB.</summary>
    public long MaxBytes { get; init; } = 10L << 20;

    /// <summary>Files that it changes. Default 2,000.</summary>
    public int MaxFiles { get; init; } = 2000;

    /// <summary>Bytes of one file after the patch, as far as the patch tells. Default 32 MiB.</summary>
    public long MaxFileBytes { get; init; } = 32L << 20;

    /// <summary>The defaults.</summary>
    public static PatchLimits Default { get; } = new();
}
