using CodexService.Contracts.Api;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;

namespace CodexService.Worker.Attempts;

/// <content>
/// The end of a question. Its sandbox is thrown away with whatever commands did to the files: nothing is exported, so there
/// is nothing that could be verified or published.
/// </content>
internal sealed partial class AttemptStages
{
    // Nothing comes after the brain.
    private const double AnswerShare = 0.95;

    private static AttemptOutcome Answered(AttemptWork work)
    {
        if (work.Said?.Answer is not { } answer)
        {
            return work.Unfinished(AttemptState.NoChange, FirstLine(work.Said?.Summary) ?? "the model gave no answer");
        }

        var missing = answer.References.Where(reference => !reference.Exists).Select(reference => $"{reference.Path}:{reference.Line}").ToArray();
        work.Journal.Write(new AttemptReport(TaskEventTypes.QuestionAnswered, missing.Length == 0
            ? $"Answered with {answer.References.Count} references, all found at the base commit"
            : $"Answered; {missing.Length} of {answer.References.Count} references were not found at the base commit")
        {
            Data = new { references = answer.References.Count, missing },
        });
        return work.Unfinished(AttemptState.Succeeded, CodingTask.Answered);
    }
}
