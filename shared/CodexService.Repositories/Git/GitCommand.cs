namespace CodexService.Repositories.Git;

/// <summary>One git call.</summary>
/// <param name="Arguments">Passed one by one, never through a shell.</param>
internal sealed record GitCommand(params IReadOnlyList<string> Arguments)
{
    /// <summary>The repository; <see langword="null"/> for commands that need none.</summary>
    public string? GitDirectory { get; init; }

    /// <summary>Environment on top of the clean one.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What git reads on standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Where stdout goes as it arrives; <see langword="null"/> collects it in the result.</summary>
    public Stream? Output { get; init; }

    /// <summary>Bytes of stdout after which git is stopped. Default 64 MiB.</summary>
    public long MaxOutputBytes { get; init; } = 64L << 20;

    /// <summary>Wall clock. Default 2 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>What one git call did.</summary>
/// <param name="ExitCode">git's exit code.</param>
/// <param name="Output">stdout, unless it went to a stream.</param>
/// <param name="OutputBytes">How much stdout there was, up to the limit.</param>
/// <param name="Truncated">Whether the output limit stopped it.</param>
/// <param name="StandardError">stderr, at most 64 KiB.</param>
internal sealed record GitResult(int ExitCode, ReadOnlyMemory<byte> Output, long OutputBytes, bool Truncated, string StandardError)
{
    public bool Succeeded => ExitCode == 0 && !Truncated;

    public string Text => System.Text.Encoding.UTF8.GetString(Output.Span);

    /// <summary>stderr as the one line that says most.</summary>
    public string ErrorLine => GitErrorLine.From(StandardError, ExitCode);
}
