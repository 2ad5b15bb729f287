using System.Formats.Tar;
using CodexService.Verification.Reporting;

namespace CodexService.Repair;

/// <summary>The engine as a tar: its modules, the test reporter that it shares with the verification, and its configuration.</summary>
internal static class EnginePackage
{
    private const string Prefix = "Engine/";

    /// <summary>The package with <paramref name="config"/> as <c>config.json</c>.</summary>
    public static Stream With(byte[] config)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            var engine = typeof(EnginePackage).Assembly;
            foreach (var name in engine.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
            {
                Add(writer, name[Prefix.Length..].Replace('\\', '/'), engine.GetManifestResourceStream(name)!);
            }

            var reporter = typeof(TestRunner).Assembly;
            foreach (var name in reporter.GetManifestResourceNames().Where(name => name.StartsWith("Reporter/", StringComparison.Ordinal)))
            {
                Add(writer, name["Reporter/".Length..], reporter.GetManifestResourceStream(name)!);
            }

            Add(writer, "config.json", new MemoryStream(config, writable: false));
        }

        tar.Position = 0;
        return tar;
    }

    private static void Add(TarWriter writer, string name, Stream content)
    {
        using (content)
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                DataStream = content,
            });
        }
    }
}
