using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CodexService.Integration.Tests.LlamaCpp;

/// <summary>
/// A chat completions endpoint whose tokenizer, chat template engine and inference are llama.cpp's, not ours, over a tiny model
/// with random weights that the start makes. The mapping onto HTTP is <c>endpoint/serve.mjs</c>.
/// </summary>
public sealed class LlamaEndpoint : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-llama-");
    private Process? server;

    /// <summary>Why it cannot run here; <see langword="null"/> when it can.</summary>
    internal static string? WhyNot => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? null
        : "the packaged llama.cpp of this test is for Linux on x64";

    /// <summary>Base address, ending in <c>/v1</c>.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>Environment of a host that is to ask this model.</summary>
    internal (string Key, string Value)[] Settings =>
    [
        ("CODEX_MODEL_URL", BaseUrl),
        ("CODEX_MODEL", "random"),
        ("Models__FirstTokenTimeout", "00:10:00"),

        // Its vocabulary has little more than bytes, so a token is a character.
        ("Agent__WorkingContextTokens", "30000"),
        ("Agent__MaxAnswerTokens", "256"),
        ("Agent__RepositoryMapTokens", "0"),
    ];

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        var scripts = await InstallAsync();
        var model = Path.Combine(folder.FullName, "random.gguf");
        await RunAsync(scripts, "node", "make-model.mjs", model);
        server = Start(scripts, "node", "serve.mjs", model);
        var address = await server.StandardOutput.ReadLineAsync().WaitAsync(Patience, TimeProvider.System);
        BaseUrl = address ?? throw new InvalidOperationException($"the endpoint did not start: {await server.StandardError.ReadToEndAsync()}");
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (server is not null)
        {
            // It ends with its standard input.
            server.StandardInput.Close();
            await server.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
            server.Dispose();
        }

        folder.Delete(recursive: true);
    }

    // Installed among the build's output: the packages do not belong beside the sources of the tests.
    private static async Task<string> InstallAsync()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "CodexService.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the tests do not lie in the repository");
        }

        var installed = Directory.CreateDirectory(Path.Combine(root, "artifacts/llama-endpoint")).FullName;
        var locked = Path.Combine(installed, "package-lock.json");
        var before = File.Exists(locked) ? await File.ReadAllTextAsync(locked) : "";
        foreach (var file in Directory.GetFiles(Path.Combine(root, "tests/CodexService.Integration.Tests/LlamaCpp/endpoint")))
        {
            File.Copy(file, Path.Combine(installed, Path.GetFileName(file)), overwrite: true);
        }

        // npm writes this file last.
        if (before != await File.ReadAllTextAsync(locked) || !File.Exists(Path.Combine(installed, "node_modules/.package-lock.json")))
        {
            await RunAsync(installed, "npm", "ci");
        }

        return installed;
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}{await output}");
    }

    private static Process Start(string folder, string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
}

/// <summary>A test that needs <see cref="LlamaEndpoint"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LlamaFactAttribute : FactAttribute
{
    public LlamaFactAttribute() => Skip = LlamaEndpoint.WhyNot;
}
