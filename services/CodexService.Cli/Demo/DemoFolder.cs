using System.Globalization;
using CodexService.Samples;

namespace CodexService.Cli.Demo;

/// <summary>Makes a new sample repository for one demo, in the data folder.</summary>
internal static class DemoFolder
{
    public static async Task<string> CreateAsync(CliEnvironment environment, SeededBug bug, CancellationToken cancellationToken)
    {
        var time = environment.Time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var folder = Path.Combine(environment.Data.Demos, time, "users-api");
        for (var i = 2; Directory.Exists(folder); i++)
        {
            folder = Path.Combine(environment.Data.Demos, $"{time}-{i}", "users-api");
        }

        try
        {
            // The data folder is its owner's alone, whoever makes it first.
            Directory.CreateDirectory(environment.Data.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await SampleRepository.CreateAsync(folder, bug, cancellationToken);
            return folder;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The sample repository cannot be made in {environment.Data.Root}: {problem.Message.TrimEnd('.')}. Make the folder writable, or choose another one with CODEX_DATA.", problem);
        }
    }
}
