namespace CodexService.Sandbox.Supervisor;

/// <summary>The source of the container's first process, embedded in this assembly and passed on its command line.</summary>
internal static class SupervisorProgram
{
    public static string Source { get; } = $"{Load("network.py")}\n{Load("supervisor.py")}";

    private static string Load(string name)
    {
        using var stream = typeof(SupervisorProgram).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
