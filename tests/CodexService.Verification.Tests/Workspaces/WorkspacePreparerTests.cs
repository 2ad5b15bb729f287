using CodexService.Sandbox;
using CodexService.Testing;
using CodexService.Verification.Export;
using CodexService.Verification.Workspaces;

namespace CodexService.Verification.Tests.Workspaces;

public sealed class WorkspacePreparerTests
{
    private readonly WorkspacePreparer _preparer = new(TimeProvider.System);

    [Fact]
    public async Task Prepare_Repository_IsACleanWorkTreeWithTheBasesOwnTree()
    {
        using var repository = await TestRepository.CreateAsync(
            ("a.py", "x\n"), (".gitignore", "kept.log\n"), ("kept.log", "tracked although ignored\n"), ("crlf.txt", "a\r\nb\r\n"), ("ü\nline", "x"));
        await repository.CommitAsync("attributes", ("empty", ""));
        await using var sandbox = new LocalProcessSandbox();

        var prepared = await _preparer.PrepareAsync(sandbox, (tar, token) => SampleProject.WriteTarAsync(repository, tar, token), default);

        Assert.Equal(await repository.HeadAsync("HEAD^{tree}"), prepared.BaselineTree);
        Assert.Equal("", await sandbox.MustRunAsync("git status --porcelain"));
        Assert.Equal("1\n", await sandbox.MustRunAsync("git rev-list --count HEAD"));
        Assert.Equal("main\n", await sandbox.MustRunAsync("git branch --show-current"));
        await sandbox.MustRunAsync("echo y >> a.py && git diff --exit-code > /dev/null || git commit -qam change");
        await sandbox.MustRunAsync("git fsck --strict");
    }

    [Fact]
    public async Task Prepare_TreeLargerThanTheHome_KeepsItsObjectsInTheTree()
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);

        // The same script again, told that the tree is larger than any home.
        var result = await sandbox.RunAsync(
            new SandboxCommand(SandboxScript.Read("prepare.sh"))
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TREE_BYTES"] = "1000000000000000" },
            },
            default);

        Assert.True(result.Succeeded, result.StandardErrorText);
        Assert.Equal("", await sandbox.MustRunAsync("find ~/.codex/baseline.git/objects -name '*.pack'"));
        await sandbox.MustRunAsync("git fsck --strict && sed -i 's/a - b/a + b/' calc.py");
        Assert.Equal("calc.py", Assert.Single((await PatchExporter.ExportAsync(sandbox, null, default)).Check.Files).Path);
    }

    [Fact]
    public async Task Prepare_SourceFails_ThrowsItsErrorAndLeavesNothingRunning()
    {
        await using var sandbox = new LocalProcessSandbox();
        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => _preparer.PrepareAsync(sandbox, (_, _) => throw new InvalidDataException("the source broke"), default));
        Assert.Equal("the source broke", error.Message);
    }

    [Fact]
    public async Task Prepare_ArchiveIsGarbage_SaysSo()
    {
        await using var sandbox = new LocalProcessSandbox();
        var error = await Assert.ThrowsAsync<SandboxException>(
            () => _preparer.PrepareAsync(sandbox, async (tar, token) => await tar.WriteAsync(new byte[2048].Select(_ => (byte)'x').ToArray(), token), default));
        Assert.Contains("did not unpack", error.Message, StringComparison.Ordinal);
    }
}
