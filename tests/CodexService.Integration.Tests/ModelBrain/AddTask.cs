using CodexService.Testing;
using CodexService.Testing.ScriptedModels;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>The smallest task there is: a repository whose <c>add</c> subtracts, and the turns of a model that corrects it.</summary>
internal static class AddTask
{
    public static ScriptedTurn View { get; } = ScriptedTurn.Call("view", new { path = "calc.py" });

    public static ScriptedTurn Edit { get; } = ScriptedTurn.Call("edit", new { path = "calc.py", old = "return a - b", @new = "return a + b" });

    public static ScriptedTurn RunTests { get; } = ScriptedTurn.Call("run_tests", new { });

    public static ScriptedTurn Submit { get; } = ScriptedTurn.Call("submit", new { title = "Add instead of subtracting", summary = "`add` subtracted." });

    public static TestRepository Repository() => TestRepository.With(
        ("calc.py", "def add(a, b):\n    return a - b\n"),
        ("test_calc.py", "from calc import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n"));
}
