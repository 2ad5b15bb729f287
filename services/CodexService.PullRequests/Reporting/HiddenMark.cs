using System.Security.Cryptography;
using System.Text;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// The beginning of a comment, which nobody sees, by which a restarted service finds what it wrote before it could note it. Its second part
/// is known to nobody before the comment is there, so that no comment of others is ever taken for ours and changed.
/// </summary>
internal static class HiddenMark
{
    /// <summary>Of a task's status comment.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="secret">The report's own.</param>
    /// <param name="made">How many such comments there were before.</param>
    public static string Status(Guid taskId, string secret, int made) => Of($"codex:task:{taskId:D}", $"{secret}:{made}");

    /// <summary>Of the comment on what a head leaves out.</summary>
    public static string Held(Guid taskId, string head, string secret) => Of($"codex:held:{taskId:D}:{head}", $"{secret}:{head}");

    /// <summary>Of an answer in a review thread.</summary>
    public static string Answer(long thread, string about, string secret) => Of($"codex:answer:{thread}", $"{secret}:{thread}:{about}");

    /// <summary>A new secret.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string Of(string name, string secret) =>
        $"<!-- {name} -->\n<!-- {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..16]} -->\n";
}
