using CodexService.Contracts.Local;
using CodexService.Tasks.AccessTokens;

namespace CodexService.Standalone.Data;

/// <summary>Keeps an API token in the data folder for the person who owns it, so that the command line needs no sign-in.</summary>
internal static class OwnerToken
{
    /// <summary>
    /// Makes sure that the folder's token is valid for the database. Returns it only when it was made now.
    /// </summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="first">The token of a first start, already made.</param>
    /// <param name="tokens">Makes and checks tokens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string?> EnsureAsync(
        DataFolder folder, string? first, AccessTokenStore tokens, CancellationToken cancellationToken)
    {
        // The database may be another one than the file's: CODEX_DATABASE changed, or the file was removed.
        if (first is null && File.Exists(folder.TokenFile)
            && await tokens.IsValidAsync((await File.ReadAllTextAsync(folder.TokenFile, cancellationToken)).Trim(), cancellationToken))
        {
            return null;
        }

        var token = first ?? await tokens.CreateAsync($"data folder {folder.Root}", cancellationToken);
        PrivateFile.Write(folder.TokenFile, token + "\n");
        return token;
    }
}
