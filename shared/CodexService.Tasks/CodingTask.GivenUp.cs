using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;

namespace CodexService.Tasks;

/// <content>What was asked of the task and came to nothing, because what it needs did not answer for too long or refused.</content>
public sealed partial class CodingTask
{
    /// <summary>Notes it.</summary>
    /// <param name="what">What was to be done, for example "A follow-up was dropped".</param>
    /// <param name="reason">Why it was not; one line.</param>
    public void GaveUp(string what, string reason) => Append(TaskEventTypes.GivenUp, null, GaveUpLine(what, reason), new { reason = StorableText.Line(reason) });

    /// <summary>The line that <see cref="GaveUp"/> notes.</summary>
    public static string GaveUpLine(string what, string reason) => StorableText.Line($"{what}: {StorableText.Line(reason)}");
}
