using System.Text.RegularExpressions;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Judging;

/// <summary>
/// Says in a verdict when tests seem to fail for want of something that the sandbox does not have. It is a hint for people,
/// read from output that can say anything; it never changes a verdict.
/// </summary>
internal static partial class MissingPiece
{
    private const int LongestHint = 200;

    /// <summary>The reason, with a hint behind it when the run's output names what it lacked.</summary>
    public static string Explain(string reason, TestRun run)
    {
        string? line;
        try
        {
            line = Sign().Match(run.Evidence.Output) is { Success: true } found ? OneLine(found.Value) : null;
        }
        catch (RegexMatchTimeoutException)
        {
            line = null;
        }

        var advice = line?.Contains("dotnet: command not found", StringComparison.Ordinal) == true ? DotnetAdvice : Advice;
        return line is null ? reason
            : reason.Contains(line, StringComparison.Ordinal) ? $"{reason}; {advice}"
            : $"{reason}; '{OneLine(run.Evidence.Command)}' said: {line}; {advice}";
    }

    internal const string Advice = "the sandbox seems to lack what the tests need: it has no network, so name an image that holds it in Sandbox:Image";

    // The product brings this image; it only has to be built.
    internal const string DotnetAdvice = "the sandbox has no .NET SDK: run infra/sandbox-dotnet/build-image once, or name an image that holds it in Sandbox:Image";

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= LongestHint ? line : line[..LongestHint] + "…";
    }

    // Shells, Python, Node.js, .NET, Go, and what tools say that want the network.
    [GeneratedRegex(
        @"^[^\n]{0,200}(: command not found|: not found|No module named '?[\w.]+'?|Cannot find module '[^'./][^'\n]*'|ERR_MODULE_NOT_FOUND|error (NU1100|NU1101|NU1301|NETSDK1045|NETSDK1147)\b|no required module provides package|Could not resolve host|Temporary failure in name resolution|Name or service not known|Name does not resolve|getaddrinfo (ENOTFOUND|EAI_AGAIN)|dial tcp: lookup )[^\n]{0,200}$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sign();
}
