using System.Xml.Linq;

namespace CodexService.Architecture.Tests;

/// <summary>The projects and what they reference, read from the project files.</summary>
internal static class Projects
{
    private static readonly Dictionary<string, (string Place, string[] References)> All = RepositoryFiles.Find("*.csproj").ToDictionary(
        path => Path.GetFileNameWithoutExtension(path),
        path => (
            RepositoryFiles.Name(path).Split('/')[0],
            XDocument.Load(path).Descendants("ProjectReference")
                .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))
                .Select(target => Path.GetFileNameWithoutExtension(target))
                .ToArray()),
        StringComparer.Ordinal);

    public static IEnumerable<string> Names => All.Keys;

    public static IEnumerable<string> In(string place) => All.Where(project => project.Value.Place == place).Select(project => project.Key);

    public static IReadOnlyList<string> References(string project) => All[project].References;

    /// <summary>Everything that a project gets, directly or through others.</summary>
    public static HashSet<string> Closure(string project)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(References(project));
        while (open.TryDequeue(out var next))
        {
            if (found.Add(next))
            {
                foreach (var reference in References(next))
                {
                    open.Enqueue(reference);
                }
            }
        }

        return found;
    }
}
