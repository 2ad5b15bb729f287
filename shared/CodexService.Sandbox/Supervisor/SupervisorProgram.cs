namespace CodexService.Sandbox.Supervisor;

/// <summary>The source of the container's first process, embedded in this assembly and passed on its command line.</summary>
internal static class SupervisorProgram
{
    public static string Source { get; } = Load();

    private static string Load()
    {
        using var stream = typeof(SupervisorProgram).Assembly.GetManifestResourceStream("supervisor.py")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
