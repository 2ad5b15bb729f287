using System.Text;

namespace CodexService.Agent.Tests.Tools.EditConformance;

/// <summary>One edit as a model writes it, and the exact file that it means.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="File">The file before.</param>
/// <param name="Old">What the model says is there.</param>
/// <param name="New">What it wants instead.</param>
/// <param name="Expected">The file after; <see langword="null"/> when the edit must be refused and nothing may change.</param>
public sealed record EditCase(string Name, string File, string Old, string New, string? Expected)
{
    /// <summary>Every place instead of the only one.</summary>
    public bool All { get; init; }

    /// <summary>A name with another ending brings the syntax check of that language.</summary>
    public string Path { get; init; } = "folder/file.txt";

    /// <summary>UTF-8, where U+F780 to U+F7FF stand for the bare bytes 80 to FF.</summary>
    public static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= 0xF780 and <= 0xF7FF)
            {
                bytes.Add((byte)(rune.Value - 0xF700));
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
            }
        }

        return [.. bytes];
    }
}
