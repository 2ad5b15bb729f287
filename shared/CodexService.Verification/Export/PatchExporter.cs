using System.Globalization;
using System.Text;
using CodexService.Repositories.Patches;
using CodexService.Sandbox;

namespace CodexService.Verification.Export;

/// <summary>
/// Gets the change out of a workspace that <see cref="Workspaces.WorkspacePreparer"/> prepared: changed, deleted and
/// new files, less what the base's ignore files leave out. git runs inside the sandbox; the text that comes back is hostile and is judged by
/// <see cref="PatchPolicy"/>.
/// </summary>
public static class PatchExporter
{
    private static readonly string Script = SandboxScript.Read("export.sh");
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Exports the change.</summary>
    /// <exception cref="PatchExportException">The change is larger than <paramref name="limits"/> allow, or the workspace is damaged.</exception>
    /// <exception cref="SandboxException">The sandbox failed.</exception>
    public static async Task<ExportedPatch> ExportAsync(ISandbox sandbox, PatchLimits? limits, CancellationToken cancellationToken)
    {
        limits ??= PatchLimits.Default;
        var diff = await RunAsync(sandbox, "diff", input: null, limits, cancellationToken);
        var patch = TryDecode(diff) ?? await ExportUndecodableAsync(sandbox, diff, limits, cancellationToken);
        return new ExportedPatch(patch, PatchPolicy.Check(patch, limits));
    }

    /// <summary>
    /// Files in other encodings than UTF-8 travel as binary patches, because a patch is text here and must come out
    /// with exactly the bytes that went in.
    /// </summary>
    private static async Task<string> ExportUndecodableAsync(ISandbox sandbox, ReadOnlyMemory<byte> diff, PatchLimits limits, CancellationToken cancellationToken)
    {
        var sections = SplitSections(diff);
        var names = SplitNames(await RunAsync(sandbox, "names", input: null, limits, cancellationToken));
        if (names.Count != sections.Count)
        {
            throw new PatchExportException("the workspace changed while its change was exported; stop background processes and try again");
        }

        var bad = Enumerable.Range(0, sections.Count).Where(i => TryDecode(sections[i]) is null).ToArray();
        var input = new MemoryStream();
        foreach (var index in bad)
        {
            input.Write(names[index].Span);
            input.WriteByte(0);
        }

        input.Position = 0;
        var binary = SplitSections(await RunAsync(sandbox, "binary", input, limits, cancellationToken));
        if (binary.Count != bad.Length || binary.Any(section => TryDecode(section) is null))
        {
            throw new PatchExportException("the change holds files that cannot be written as a patch");
        }

        foreach (var (index, section) in bad.Zip(binary))
        {
            sections[index] = section;
        }

        return string.Concat(sections.Select(section => TryDecode(section)));
    }

    private static async Task<ReadOnlyMemory<byte>> RunAsync(ISandbox sandbox, string mode, Stream? input, PatchLimits limits, CancellationToken cancellationToken)
    {
        var result = await sandbox.RunAsync(
            new SandboxCommand(Script)
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["MODE"] = mode,
                    ["MAX_FILE_BYTES"] = limits.MaxFileBytes.ToString(CultureInfo.InvariantCulture),
                },
                StandardInput = input,
                OutputBytes = limits.MaxBytes,
            },
            cancellationToken);
        return result.Stopped == CommandStop.OutputLimit
            ? throw new PatchExportException($"the change is larger than {limits.MaxBytes >> 20} MiB as a patch; a task may not produce that much")
            : result.Succeeded
                ? result.StandardOutput
                : throw new PatchExportException($"the change could not be exported: {result.Error ?? SandboxScript.LastLine(result.StandardErrorText)}");
    }

    /// <summary>The text, or <see langword="null"/> when it is no UTF-8 or holds NUL, which text columns cannot store.</summary>
    private static string? TryDecode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static List<ReadOnlyMemory<byte>> SplitSections(ReadOnlyMemory<byte> diff)
    {
        // Content lines start with ' ', '+', '-' or '\', so this start of line is always a new file.
        var sections = new List<ReadOnlyMemory<byte>>();
        while (!diff.IsEmpty)
        {
            var next = diff.Span.IndexOf("\ndiff --git "u8);
            var length = next < 0 ? diff.Length : next + 1;
            sections.Add(diff[..length]);
            diff = diff[length..];
        }

        return sections;
    }

    private static List<ReadOnlyMemory<byte>> SplitNames(ReadOnlyMemory<byte> names)
    {
        var result = new List<ReadOnlyMemory<byte>>();
        while (names.Span.IndexOf((byte)0) is var end and >= 0)
        {
            result.Add(names[..end]);
            names = names[(end + 1)..];
        }

        return result;
    }
}
