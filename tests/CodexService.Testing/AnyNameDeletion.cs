using System.Diagnostics;

namespace CodexService.Testing;

/// <summary>Deletes folders whose entries may have names that are no UTF-8, which .NET cannot address.</summary>
internal static class AnyNameDeletion
{
    public static void Delete(DirectoryInfo folder)
    {
        using var process = Process.Start("rm", ["-rf", "--", folder.FullName]);
        process.WaitForExit();
    }
}
