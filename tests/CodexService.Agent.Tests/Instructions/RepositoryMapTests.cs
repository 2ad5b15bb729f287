using CodexService.Agent.Instructions;
using CodexService.Agent.Tests.Scripted;
using CodexService.Sandbox;

namespace CodexService.Agent.Tests.Instructions;

public sealed class RepositoryMapTests
{
    [Theory]
    [InlineData("a.py", "class Store:\n    def find(self, name, *, deep=False):\n        pass\n\nasync def load(path):\n    pass\n", "class Store, Store.find(name, deep), load(path)")]
    [InlineData("a.js", "export class Cart {\n  add(item) {\n    if (item) {\n    }\n  }\n}\nexport function total(items) {\n}\nconst tax = (x) => x;\n", "class Cart, add(item), total(items), tax")]
    [InlineData("a.ts", "export interface Shape { area(): number }\nexport async function draw(s: Shape): Promise<void> {\n}\n", "interface Shape, draw(s: Shape)")]
    [InlineData("A.cs", "namespace X;\npublic sealed class Money(int cents)\n{\n    public static Money Add(Money a, Money b) => a;\n    private void Log()\n    {\n        return;\n    }\n}\n", "class Money, Add(Money a, Money b), Log()")]
    [InlineData("A.java", "public class Bank {\n    public int pay(int sum) throws IOException {\n        return sum;\n    }\n}\n", "class Bank, pay(int sum)")]
    [InlineData("a.go", "package a\n\ntype Queue struct {\n}\n\nfunc (q *Queue) Push(x int) {\n}\n\nfunc New() *Queue {\n}\n", "type Queue, Push(x int), New()")]
    [InlineData("a.rs", "pub struct Tree;\nimpl Tree {\n    pub fn grow(&self) {}\n}\n", "struct Tree, fn grow")]
    [InlineData("a.rb", "class Dog\n  def bark\n  end\nend\n", "class Dog, def bark")]
    public async Task Symbols_AreFound(string path, string content, string symbols)
    {
        await using var bench = await AgentBench.WithAsync((path, content));

        Assert.Equal($"{path}: {symbols}\n", await MapAsync(bench, "do something", 500));
    }

    [Fact]
    public async Task LikelyFiles_ComeFirst()
    {
        await using var bench = await AgentBench.WithAsync(
            ("aaa.py", "def unrelated():\n    pass\n"),
            ("shop/prices.py", "def format_price(cents):\n    pass\n"),
            ("shop/users.py", "class UserStore:\n    pass\n"),
            ("tests/test_users.py", "def test_user_store():\n    pass\n"));

        var symbol = await MapAsync(bench, "format_price rounds wrongly", 500);
        var path = await MapAsync(bench, "Traceback: File \"shop/users.py\", line 3", 500);
        var words = await MapAsync(bench, "A user store forgets its users", 500);

        Assert.StartsWith("Likely files first:\nshop/prices.py: format_price(cents)\n", symbol, StringComparison.Ordinal);
        Assert.StartsWith("Likely files first:\nshop/users.py: class UserStore\n", path, StringComparison.Ordinal);
        Assert.Contains("users.py", words.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_StaysWithinItsBudget_AndCountsWhatItLeavesOut()
    {
        var files = Enumerable.Range(0, 300).Select(i => ($"pkg/module_{i:000}.py", string.Concat(Enumerable.Range(0, 30).Select(f => $"def function_{i}_{f}(argument):\n    pass\n")))).ToArray();
        await using var bench = await AgentBench.WithAsync(files);

        var map = await MapAsync(bench, "function_250_7 is wrong", 1500);

        Assert.InRange(map.Length / 4, 900, 1500);
        Assert.StartsWith("Likely files first:\npkg/module_250.py: ", map, StringComparison.Ordinal);
        Assert.Matches(@"… and \d+ more files\n$", map);
    }

    [Fact]
    public async Task BrokenAndHugeAndLinkedFiles_AreListedWithoutSymbols()
    {
        await using var bench = await AgentBench.WithAsync(("broken.py", "def (:\n"), ("huge.py", $"def f():\n    '''{new string('x', 400_000)}'''\n"), ("bin.dat", "\0\u0001"));
        File.CreateSymbolicLink(Path.Combine(bench.Sandbox.Workspace, "link.py"), "/etc/passwd");
        await bench.Sandbox.RunAsync(new SandboxCommand("git add -A"), CancellationToken.None);

        var map = await MapAsync(bench, "anything", 500);

        Assert.Equal(["bin.dat", "broken.py", "huge.py", "link.py"], map.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WithoutPython_FilesAreListed()
    {
        await using var bench = await AgentBench.WithAsync(("a.py", "def f():\n    pass\n"), ("b.txt", "x"));

        Assert.Equal("a.py\nb.txt\n", await RepositoryMap.BuildAsync(new WithoutPython(bench.Sandbox), "x", 500, text => text.Length / 4, CancellationToken.None));
    }

    private static Task<string> MapAsync(AgentBench bench, string prompt, int budget) =>
        RepositoryMap.BuildAsync(bench.Sandbox, prompt, budget, text => (text.Length + 3) / 4, CancellationToken.None);

    /// <summary>A sandbox whose image has no Python.</summary>
    private sealed class WithoutPython(ISandbox inner) : ISandbox
    {
        public string Id => inner.Id;

        public string Workspace => inner.Workspace;

        public SandboxLimits Limits => inner.Limits;

        public Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
            inner.RunAsync(command with { CommandLine = command.CommandLine.Replace("python3", "no-such-python", StringComparison.Ordinal) }, cancellationToken);

        public Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken) => inner.UploadAsync(tar, directory, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
