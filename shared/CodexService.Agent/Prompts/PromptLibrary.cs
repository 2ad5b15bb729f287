using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Agent.Prompts;

/// <summary>The prompt files of this folder. Thread-safe.</summary>
public sealed partial class PromptLibrary
{
    private const string Prefix = "Prompts/";
    private const string Extension = ".md";

    /// <summary>What a task adds whose plan waits for approval.</summary>
    internal const string PlanApproval = "plan-approval";

    private static readonly string[] Frames = ["system", "task", "ask-system", "ask", "review-system", "review", PlanApproval];

    private readonly FrozenDictionary<string, string> prompts;

    /// <summary>Reads the files that travel with the assembly.</summary>
    public PromptLibrary()
        : this(ReadAll())
    {
    }

    internal PromptLibrary(IReadOnlyDictionary<string, string> prompts)
    {
        this.prompts = prompts.ToFrozenDictionary(StringComparer.Ordinal);
        Templates = [.. prompts.Keys.Except(Frames, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Hash = HashOf(prompts);
    }

    /// <summary>Version of the prompts; goes up with every change that is meant to change behaviour.</summary>
    public static int Version => 1;

    /// <summary>SHA-256 over the names and texts of all files, in hexadecimal: two attempts with the same hash had the same prompts.</summary>
    public string Hash { get; }

    /// <summary>Names of the templates for kinds of tasks, in alphabetical order.</summary>
    public IReadOnlyList<string> Templates { get; }

    /// <summary>Requirements that a kind of task has beyond those of every task.</summary>
    /// <exception cref="ArgumentException">There is no such template; the message names those that there are.</exception>
    public string Template(string name) => Templates.Contains(name, StringComparer.Ordinal)
        ? prompts[name]
        : throw new ArgumentException($"there is no prompt template {name}; choose one of {string.Join(", ", Templates)}", nameof(name));

    /// <summary>
    /// The prompt <paramref name="name"/> with its placeholders filled. What is filled in is not searched for placeholders.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such prompt, or a placeholder has no value.</exception>
    internal string Render(string name, IReadOnlyDictionary<string, string> values)
    {
        var prompt = prompts.GetValueOrDefault(name) ?? throw new ArgumentException($"there is no prompt {name}", nameof(name));
        return Placeholder().Replace(prompt, match => values.TryGetValue(match.Groups["name"].Value, out var value)
            ? value
            : throw new ArgumentException($"the prompt {name} has the placeholder {match.Value}, for which there is no value", nameof(values)));
    }

    private static string HashOf(IReadOnlyDictionary<string, string> prompts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, text) in prompts.OrderBy(prompt => prompt.Key, StringComparer.Ordinal))
        {
            // Lengths first, so that text cannot move from one file into the next unnoticed.
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length} {text.Length}\n{name}{text}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Dictionary<string, string> ReadAll()
    {
        var assembly = typeof(PromptLibrary).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..^Extension.Length], name => Read(assembly.GetManifestResourceStream(name)!), StringComparer.Ordinal);
    }

    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"\{\{(?<name>[a-z_]+)\}\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
