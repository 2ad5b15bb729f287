using CodexService.Testing.ScriptedModels;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>A small repository with one thing wrong in it, and how a scripted model gets to the repair with detours.</summary>
/// <param name="Name">What the test is called.</param>
/// <param name="TestCommand">The command that proves the change.</param>
/// <param name="NativeTools">Whether the endpoint calls tools natively; otherwise calls are said in the text.</param>
internal sealed record SmallRepository(string Name, string TestCommand, bool NativeTools)
{
    /// <summary>Path and content of every file at the base.</summary>
    public required IReadOnlyList<(string Path, string Content)> Files { get; init; }

    /// <summary>What the model is asked to do.</summary>
    public required string Task { get; init; }

    /// <summary>Text that the first prompt has to hold.</summary>
    public required string Prompted { get; init; }

    /// <summary>The answers of the model in their order; the last one submits.</summary>
    public required IReadOnlyList<Move> Moves { get; init; }

    /// <summary>Paths of the patch that is verified, in their order.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>A piece of that patch.</summary>
    public required string Patched { get; init; }
}

/// <summary>One answer of the scripted model.</summary>
/// <param name="Turn">What it says and calls.</param>
/// <param name="Told">A piece of what it is told before its next answer; empty for the last.</param>
internal sealed record Move(ScriptedTurn Turn, string Told)
{
    public static Move Call(string tool, object arguments, string told) => new(ScriptedTurn.Call(tool, arguments), told);

    public static Move View(string path, string told) => Call("view", new { path }, told);

    public static Move Edit(string path, string old, string @new, string told) => Call("edit", new { path, old, @new }, told);

    public static Move Write(string path, string content, string told) => Call("write", new { path, content }, told);

    public static Move Shell(string command, string told) => Call("shell", new { command }, told);

    public static Move RunTests(string told) => Call("run_tests", new { }, told);

    public static Move Submit(string told = "") => Call("submit", new { title = "Repair it", summary = "It was wrong." }, told);
}
