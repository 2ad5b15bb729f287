using System.Formats.Tar;
using System.Text;

namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>Archives unpack exactly, inside the sandbox, whatever they hold.</summary>
public abstract class UploadConformance(SandboxFixture fixture)
{
    private ISandbox Sandbox => fixture.Shared;

    [Fact]
    public async Task Upload_NamesModesAndLinks_ArriveAsTheyAre()
    {
        var tar = Tar(
            File("plain.txt", "hello", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead),
            File("tool.sh", "#!/bin/sh\necho ran\n", (UnixFileMode)0b111_101_101),
            File("private", "x", (UnixFileMode)0b110_000_000),
            File("wide", "x", (UnixFileMode)0b110_110_110),
            File("naïve 漢字.txt", "utf-8", (UnixFileMode)0b110_100_100),
            File("two\nlines", "newline", (UnixFileMode)0b110_100_100),
            File("-rf", "dash", (UnixFileMode)0b110_100_100),
            File(new string('d', 90) + "/" + new string('f', 200), "long", (UnixFileMode)0b110_100_100),
            new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "plain.txt" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "outside") { LinkName = "/etc/passwd" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "dangling") { LinkName = "../../no/where" },
            new PaxTarEntry(TarEntryType.Directory, "empty") { Mode = (UnixFileMode)0b111_000_000 });
        var folder = Sandbox.Workspace + "/it's a new/folder";
        await Sandbox.UploadAsync(tar, folder, CancellationToken.None);
        var command = new SandboxCommand(
            """
            ./tool.sh; cat plain.txt naïve* two* ./-rf; readlink link outside dangling
            stat -c '%a %n' private wide tool.sh empty; cat d*/f*
            """)
        {
            WorkingDirectory = folder,
        };
        var result = await Sandbox.RunAsync(command, CancellationToken.None);
        Assert.Equal(
            "ran\nhelloutf-8newlinedashplain.txt\n/etc/passwd\n../../no/where\n600 private\n666 wide\n755 tool.sh\n700 empty\nlong",
            result.StandardOutputText);
        Assert.Empty(result.StandardErrorText);
    }

    [Fact]
    public async Task Upload_ThatClimbsOut_StaysInTheSandboxAndCannotReplaceTheSystem()
    {
        var tar = Tar(
            new PaxTarEntry(TarEntryType.SymbolicLink, "etc") { LinkName = "/etc" },
            File("etc/passwd", "root::0:0::/:/bin/sh\n", (UnixFileMode)0b110_100_100),
            File("../../../etc/shadow", "x", (UnixFileMode)0b110_100_100),
            File("/usr/bin/python3", "x", (UnixFileMode)0b111_101_101));
        _ = await Record.ExceptionAsync(() => Sandbox.UploadAsync(tar, Sandbox.Workspace + "/climb", CancellationToken.None));
        Assert.Equal("1\nok\n", await Sandbox.OutputAsync("grep -c '^root:x:' /etc/passwd; python3 -c 'print(\"ok\")'"));
    }

    [Fact]
    public async Task Upload_BiggerThanTheDisk_NamesTheLimitAndTheSandboxStaysWell()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { DiskBytes = 32L << 20 });
        var tar = Tar(File("big", new string('x', 40 << 20), (UnixFileMode)0b110_100_100));
        var failure = await Assert.ThrowsAsync<SandboxException>(() => sandbox.UploadAsync(tar, sandbox.Workspace, CancellationToken.None));
        Assert.Equal(
            "The archive did not unpack into /workspace: the disk limit of 32 MiB was reached (24 MiB of it for /workspace; Sandbox:Disk raises it).",
            failure.Message);
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task Upload_Truncated_IsAnError(int length)
    {
        var tar = Tar(File("big", new string('x', 200_000), (UnixFileMode)0b110_100_100));
        var failure = await Assert.ThrowsAsync<SandboxException>(
            () => Sandbox.UploadAsync(new MemoryStream(tar.ToArray(), 0, length), Sandbox.Workspace + "/cut", CancellationToken.None));
        Assert.StartsWith("The archive did not unpack into /workspace/cut: tar: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_NoTarAtAll_IsAnError()
    {
        var failure = await Assert.ThrowsAsync<SandboxException>(() => Sandbox.UploadAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(new string('?', 5000))), Sandbox.Workspace + "/none", CancellationToken.None));
        Assert.Equal("The archive did not unpack into /workspace/none: tar: This does not look like a tar archive", failure.Message);
    }

    [Fact]
    public async Task Upload_IntoAForbiddenFolder_IsAnError()
    {
        var failure = await Assert.ThrowsAsync<SandboxException>(() => Sandbox.UploadAsync(Tar(), "/etc/new", CancellationToken.None));
        Assert.Contains("Read-only file system", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_Cancelled_StopsAndTheSandboxStaysWell()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var endless = new EndlessStream();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Sandbox.RunAsync(new SandboxCommand("cat >/dev/null") { StandardInput = endless }, cancel.Token));
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    internal static MemoryStream Tar(params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        stream.Position = 0;
        return stream;
    }

    internal static TarEntry File(string name, string content, UnixFileMode mode) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };
}
