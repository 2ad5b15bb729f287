using System.Formats.Tar;
using System.Text;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Sandbox;

namespace CodexService.Benchmarks.Commands;

/// <summary>Uploads of a tree into a sandbox beside unpacking the same tar on this machine.</summary>
internal sealed class UploadComparison : IDisposable
{
    private const int Files = 3000;
    private const int Rounds = 3;
    private const double Mebibyte = 1 << 20;

    private readonly Comparison comparison = new("upload into memory", "tar onto disk", "MiB/s");
    private readonly MemoryStream tar = MakeTar();

    public async Task MeasureAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        var (upload, unpack) = await Timing.InTurnAsync(
            Rounds,
            TimeSpan.Zero,
            () => sandbox.UploadAsync(Rewound(), $"{sandbox.Workspace}/tree", cancellationToken),
            () => ProgramRun.RunAsync(["tar", "--extract", "--file=-", $"--directory={scratch.Root}"], null, Rewound(), cancellationToken),
            cancellationToken);
        comparison.Add(tar.Length / Mebibyte / (upload / 1000), tar.Length / Mebibyte / (unpack / 1000));
    }

    public Figure ToFigure() => comparison.Multiple($"upload of {Files:N0} files ({tar.Length / Mebibyte:0} MiB)", null);

    public void Dispose() => tar.Dispose();

    private MemoryStream Rewound()
    {
        tar.Position = 0;
        return tar;
    }

    private static MemoryStream MakeTar()
    {
        var made = new MemoryStream();
        using var writer = new TarWriter(made, TarEntryFormat.Pax, leaveOpen: true);
        var content = Encoding.ASCII.GetBytes(new string('y', 8000));
        for (var i = 0; i < Files; i++)
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"d{i % 50}/f{i}") { DataStream = new MemoryStream(content, writable: false) });
        }

        return made;
    }
}
