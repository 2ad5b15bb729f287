using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexService.Sandbox;

namespace CodexService.Agent.Tools;

/// <summary>
/// The part of the tools that runs inside the sandbox (<c>Program/*.py</c>): one command for each call, JSON in, JSON out.
/// What comes out is as hostile as the tree it was read from.
/// </summary>
internal sealed class ToolProgram
{
    private const string Prefix = "ToolProgram/";
    private const int ReplyBytes = 4 << 20;
    private const int NoPython = 96;
    private const int ProgramGone = 97;

    // Of a call's time: a file is checked as it is and as it was.
    private const double PatienceShare = 0.4;

    private readonly ISandbox _sandbox;
    private readonly TimeSpan _timeout;
    private string? _folder;

    private ToolProgram(ISandbox sandbox, TimeSpan timeout) => (_sandbox, _timeout) = (sandbox, timeout);

    /// <summary>The tree of the base commit; <see langword="null"/> when the workspace is no git work tree.</summary>
    public string? BaseTree { get; private set; }

    /// <summary>Puts the program into the sandbox and tries it.</summary>
    /// <exception cref="BrainException">The image lacks what the tools need.</exception>
    public static async Task<ToolProgram> StartAsync(ISandbox sandbox, ToolboxOptions options, CancellationToken cancellationToken)
    {
        var program = new ToolProgram(sandbox, options.FileToolTimeout);
        var reply = await program.CallAsync(new JsonObject { ["tool"] = "start" }, cancellationToken);
        if (reply.IsError)
        {
            throw new BrainException($"The tools do not work in this sandbox: {reply.Text}");
        }

        program.BaseTree = reply.Tree;
        return program;
    }

    /// <summary>The id of the tree as it is now, or <see langword="null"/> when git cannot say.</summary>
    public async Task<string?> FingerprintAsync(CancellationToken cancellationToken) =>
        (await CallAsync(new JsonObject { ["tool"] = "tree" }, cancellationToken)).Tree;

    /// <summary>A call as an outcome; text from the tree is cleaned.</summary>
    public async Task<ToolOutcome> InvokeAsync(JsonObject request, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(request, cancellationToken);
        return new ToolOutcome(UntrustedText.CleanFile(reply.Text), reply.IsError)
        {
            ChangedFiles = reply.Changed,
            Line = reply.Line is null ? null : UntrustedText.Line(reply.Line),
        };
    }

    private async Task<Reply> CallAsync(JsonObject request, CancellationToken cancellationToken)
    {
        request["workspace"] = _sandbox.Workspace;
        request["patience"] = PatienceShare * _timeout.TotalSeconds;
        var input = Encoding.UTF8.GetBytes(request.ToJsonString());
        for (var again = false; ; again = true)
        {
            if (_folder is null && await UploadAsync(cancellationToken) is { } wrong)
            {
                return wrong;
            }

            var main = ShellWord.Quote($"{_folder}/main.py");
            var result = await _sandbox.RunAsync(
                new SandboxCommand($"[ -f {main} ] || exit {ProgramGone}; exec python3 -I -S {main}")
                {
                    StandardInput = new MemoryStream(input, writable: false),
                    Timeout = _timeout,
                    OutputBytes = ReplyBytes,
                },
                cancellationToken);
            if (result.Succeeded)
            {
                return Reply.Parse(result.StandardOutput);
            }

            // Commands of the model may empty the folder for temporary files.
            _folder = null;
            if (result.ExitCode != ProgramGone || again)
            {
                return Reply.Failed(result.Error ?? $"the tool failed in the sandbox: {LastLine(result)}");
            }
        }
    }

    private async Task<Reply?> UploadAsync(CancellationToken cancellationToken)
    {
        const string Unpack = """
            command -v python3 >/dev/null || exit 96
            folder=$(mktemp -d "${TMPDIR:-/tmp}/codex-tools.XXXXXX") && tar -x -C "$folder" -f - && printf %s "$folder"
            """;
        var result = await _sandbox.RunAsync(new SandboxCommand(Unpack) { StandardInput = Package(), Timeout = _timeout }, cancellationToken);
        if (result.Succeeded)
        {
            _folder = result.StandardOutputText;
            return null;
        }

        return Reply.Failed(result.ExitCode == NoPython
            ? "the sandbox's image has no python3, which the tools need; add python3 to the image"
            : result.Error ?? $"their program could not be unpacked: {LastLine(result)}");
    }

    private static MemoryStream Package()
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            var here = typeof(ToolProgram).Assembly;
            foreach (var name in here.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
            {
                using var content = here.GetManifestResourceStream(name)!;
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name[Prefix.Length..]) { DataStream = content });
            }
        }

        tar.Position = 0;
        return tar;
    }

    private static string LastLine(CommandResult result) => UntrustedText.Line(
        result.StandardErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
        ?? $"exit code {result.ExitCode}");

    private sealed record Reply(string Text, bool IsError, bool Changed, string? Line, string? Tree)
    {
        public static Reply Failed(string text) => new(text, IsError: true, Changed: false, Line: null, Tree: null);

        public static Reply Parse(ReadOnlyMemory<byte> json)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                var root = document.RootElement;
                return new Reply(Value(root, "text") ?? "", Flag(root, "error"), Flag(root, "changed"), Value(root, "line"), Value(root, "tree"));
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                return Failed("the tool gave no readable answer in the sandbox; use shell instead");
            }
        }

        private static string? Value(JsonElement root, string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        private static bool Flag(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
    }
}
