using System.Diagnostics;
using CodexService.Contracts;

namespace CodexService.Cli.WorkTree;

/// <summary>The git checkout that the person stands in.</summary>
internal sealed class Checkout
{
    private Checkout(string root)
    {
        Root = root;
    }

    public string Root { get; }

    public static async Task<Checkout> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var (code, output, error) = await GitAsync(folder, null, null, cancellationToken, "rev-parse", "--show-toplevel");
        return code == 0
            ? new Checkout(output.TrimEnd('\n'))
            : throw new CliException(error.Contains("not a git repository", StringComparison.Ordinal)
                ? $"{folder} is in no git checkout: change to the one that the patch is for."
                : $"git cannot use {folder}: {error.Trim()}");
    }

    /// <summary>Untracked files may stay: git refuses a patch that would overwrite one.</summary>
    public async Task RequireCleanAsync(CancellationToken cancellationToken)
    {
        var (code, output, error) = await GitAsync(Root, null, null, cancellationToken, "status", "--porcelain", "--untracked-files=no");
        if (code != 0)
        {
            throw new CliException($"git status failed in {Root}: {error.Trim()}");
        }

        if (output.Length > 0)
        {
            var count = output.Count(letter => letter == '\n');
            throw new CliException($"There are uncommitted changes in {Root} ({Quantity.Of(count, "file")}): commit or stash them first.");
        }
    }

    /// <summary>Applies the patch to the work tree and the index, with a three-way merge where needed; false, and nothing changed, when it conflicts.</summary>
    public async Task<bool> TryApplyAsync(string patch, CancellationToken cancellationToken)
    {
        // A three-way merge leaves conflict markers behind, so it is rehearsed on a copy of the index.
        var (_, gitFolder, _) = await GitAsync(Root, null, null, cancellationToken, "rev-parse", "--absolute-git-dir");
        var index = Path.Combine(gitFolder.TrimEnd('\n'), "index");
        var rehearsal = Path.Combine(Path.GetTempPath(), $"codex-index-{Guid.NewGuid():N}");
        try
        {
            if (File.Exists(index))
            {
                File.Copy(index, rehearsal);
            }

            if ((await GitAsync(Root, patch, rehearsal, cancellationToken, "apply", "--cached", "--3way", "-")).Code != 0)
            {
                return false;
            }
        }
        finally
        {
            File.Delete(rehearsal);
        }

        var (code, _, error) = await GitAsync(Root, patch, null, cancellationToken, "apply", "--3way", "--index", "-");
        return code == 0 ? true : throw new CliException($"git could not apply the patch in {Root}: {LastLine(error)}");
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason given";

    private static async Task<(int Code, string Output, string Error)> GitAsync(
        string folder, string? input, string? index, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        if (index is not null)
        {
            start.Environment["GIT_INDEX_FILE"] = index;
        }

        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new CliException($"git cannot be run: {problem.Message}. Install git.", problem);
        }
    }
}
