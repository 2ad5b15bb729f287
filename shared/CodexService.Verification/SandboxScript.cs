using System.Reflection;
using System.Text;

namespace CodexService.Verification;

/// <summary>Scripts that run inside the sandbox; they travel in this assembly.</summary>
internal static class SandboxScript
{
    private static readonly Assembly Here = typeof(SandboxScript).Assembly;

    public static string Read(string name)
    {
        using var stream = Here.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"the assembly lacks its resource {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Quotes a word for bash.</summary>
    public static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>The last line that says something, for error messages.</summary>
    public static string LastLine(string text)
    {
        var line = text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no message";
        line = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 300 ? line : line[..300] + "…";
    }
}
