namespace CodexService.Agent.Tools;

/// <summary>Words of a bash command line.</summary>
internal static class ShellWord
{
    /// <summary>Quotes a word so that bash reads it as it is.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
