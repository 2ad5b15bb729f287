using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CodexService.GitHub;

/// <summary>Owner and name of a repository on GitHub, for example <c>octocat/hello-world</c>. Compared without regard to case, as GitHub does.</summary>
public sealed partial record RepositoryName
{
    private RepositoryName(string owner, string name)
    {
        Owner = owner;
        Name = name;
    }

    /// <summary>Account that owns it.</summary>
    public string Owner { get; }

    /// <summary>Name within the account.</summary>
    public string Name { get; }

    /// <summary>Reads <c>owner/name</c>.</summary>
    /// <exception cref="FormatException">It is neither; the message is one line.</exception>
    public static RepositoryName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"\"{text}\" is no repository on GitHub: write owner/name.");

    /// <summary>Reads <c>owner/name</c>; whatever could leave the path of an API address is refused.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RepositoryName? name)
    {
        var match = Form().Match(text ?? "");
        name = match.Success && match.Groups["name"].Value is not ("." or "..") ? new RepositoryName(match.Groups["owner"].Value, match.Groups["name"].Value) : null;
        return name is not null;
    }

    /// <inheritdoc/>
    public bool Equals(RepositoryName? other) =>
        other is not null && string.Equals(Owner, other.Owner, StringComparison.OrdinalIgnoreCase) && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}/{Name}";

    // GitHub: accounts of letters, digits and single dashes (Enterprise Managed Users also have _), names of letters, digits, '.', '-', '_'.
    [GeneratedRegex(@"\A(?<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/(?<name>[A-Za-z0-9._-]{1,100})\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
