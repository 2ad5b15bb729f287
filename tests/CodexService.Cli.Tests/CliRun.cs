using CodexService.Cli.Terminal;

namespace CodexService.Cli.Tests;

/// <summary>Runs the command line in this process and keeps what it printed.</summary>
internal sealed class CliRun : IAsyncDisposable
{
    public CliRun()
    {
        Directory.CreateDirectory(Folder);
        Variables["HOME"] = Folder;
        Variables["PATH"] = Environment.GetEnvironmentVariable("PATH");
        Variables["CODEX_DATA"] = Path.Combine(Folder, "data");
    }

    public CliRun(ScriptedApi api)
        : this()
    {
        Variables["CODEX_URL"] = api.Url;
        Variables["CODEX_TOKEN"] = ScriptedApi.Token;
    }

    /// <summary>The folder in which the command runs.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "codex-cli-" + Path.GetRandomFileName());

    public Dictionary<string, string?> Variables { get; } = [];

    public bool IsTerminal { get; set; }

    public bool CanAsk { get; set; }

    public bool Colours { get; set; } = true;

    public int Width { get; set; } = 100;

    public string Input { get; set; } = string.Empty;

    public StringWriter Out { get; } = new();

    public StringWriter Error { get; } = new();

    public CliEnvironment Surroundings => new()
    {
        Out = Screen.Create(TextWriter.Synchronized(Out), IsTerminal, Colours, () => Width),
        Error = Screen.Create(TextWriter.Synchronized(Error), IsTerminal, Colours, () => Width),
        In = new StringReader(Input),
        CanAsk = CanAsk,
        Variable = name => Variables.GetValueOrDefault(name),
        CurrentDirectory = Folder,
    };

    public Task<int> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] args) =>
        CodexCommandLine.RunAsync(args, Surroundings, cancellationToken).WaitAsync(TimeSpan.FromMinutes(5));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
