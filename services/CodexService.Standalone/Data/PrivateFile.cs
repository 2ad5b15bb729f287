namespace CodexService.Standalone.Data;

/// <summary>Files that their owner alone may read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes the file in one step, so that nobody ever reads half of it.</summary>
    public static void Write(string path, string content)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.Write(content);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
