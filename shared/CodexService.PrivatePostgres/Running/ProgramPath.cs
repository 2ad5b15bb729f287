namespace CodexService.PrivatePostgres.Running;

/// <summary>Finds programs as a shell would, and in the system folders that a service's PATH may lack.</summary>
internal static class ProgramPath
{
    public static string? Find(string program) => FindAll(program).FirstOrDefault();

    public static IEnumerable<string> FindAll(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]);
        return folders.Select(folder => Path.Combine(folder, program)).Where(File.Exists).Distinct();
    }
}
