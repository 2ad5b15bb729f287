using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Reporting;

/// <content>
/// The check on the head commit. GitHub changes a completed check run no more, so each round that works on a head has one of its
/// own, and the newest is what people see.
/// </content>
internal sealed partial class ReportPass
{
    private const int LongestDescription = 140;

    private async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        if (VerificationCheck.Of(standing) is not { } wanted)
        {
            return null;
        }

        var isOpen = report.CheckStatus is not (null or VerificationCheck.Completed);
        if (isOpen && report.CheckHead != wanted.Head)
        {
            // The follow-up brought a new head: what was announced on the old one ends before the new one is judged.
            await ShowAsync(VerificationCheck.Superseded(report.CheckHead!, report.Verdict ?? "neutral", wanted.Head), report.CheckRound, cancellationToken);
            isOpen = false;
        }

        if (!isOpen && report.CheckHead is { } before && report.CheckRound != standing.Round && (wanted.Status == VerificationCheck.Completed || before != wanted.Head))
        {
            await EndUnnotedAsync(before == wanted.Head ? wanted : VerificationCheck.Superseded(before, report.Verdict ?? "neutral", wanted.Head), cancellationToken);
        }

        if (isOpen && report.CheckRound != standing.Round)
        {
            // A round came and went between two looks; its check serves the next one.
            report.CheckRound = standing.Round;
        }

        if (!IsShown(wanted, isOpen))
        {
            await ShowAsync(wanted, standing.Round, cancellationToken);
        }

        return null;
    }

    // A process may have announced the round on this head and died before it could note that; nobody else would end what it made.
    private async Task EndUnnotedAsync(VerificationCheck check, CancellationToken cancellationToken)
    {
        if (refusals.Of(repository.Name) is not null || report.CheckRunId is null)
        {
            await StateAsync(check, cancellationToken);
        }
        else if ((await ListAsync(check.Head, cancellationToken)).FirstOrDefault(run => run.Status != VerificationCheck.Completed) is { } unnoted)
        {
            await repository.Checks.UpdateAsync(unnoted.Id, Update(check), cancellationToken);
            report.CheckRunId = unnoted.Id;
        }

        report.CheckRound = standing.Round;
        await SaveAsync(cancellationToken);
    }

    // Of several the newest is listed first.
    private async Task<IReadOnlyList<CheckRun>> ListAsync(string head, CancellationToken cancellationToken) =>
        [.. (await repository.Checks.ListAsync(head, VerificationCheck.Name, cancellationToken)).Where(run => run.Name == VerificationCheck.Name && run.ExternalId?.StartsWith($"{standing.TaskId:D}:", StringComparison.Ordinal) == true)];

    // An attempt that goes back to the queue is no news for the check.
    private bool IsShown(VerificationCheck wanted, bool isOpen)
    {
        if (report.CheckHead != wanted.Head)
        {
            return false;
        }

        return isOpen
            ? wanted.Status != VerificationCheck.Completed && (report.CheckStatus == wanted.Status || wanted.Status == "queued")
            : wanted.Status == VerificationCheck.Completed || report.CheckRound == standing.Round;
    }

    private async Task ShowAsync(VerificationCheck check, int round, CancellationToken cancellationToken)
    {
        var isNew = report.CheckHead != check.Head || report.CheckStatus is null or VerificationCheck.Completed;
        if (isNew)
        {
            report.CheckRunId = null;
        }

        // What was begun as a check run ends as one; a commit status has no id.
        if (refusals.Of(repository.Name) is not null || (!isNew && report.CheckRunId is null))
        {
            await StateAsync(check, cancellationToken);
        }
        else if (report.CheckRunId is { } id)
        {
            if (!await IsCompletedAsync(check, id, cancellationToken))
            {
                await repository.Checks.UpdateAsync(id, Update(check), cancellationToken);
            }
        }
        else
        {
            try
            {
                report.CheckRunId = await MakeAsync(check, $"{standing.TaskId:D}:{round}", cancellationToken);
            }
            catch (GitHubException refused) when (refused.Failure == GitHubFailure.Permission)
            {
                refusals.Add(repository.Name, refused.Message);
                await StateAsync(check, cancellationToken);
            }
        }

        report.CheckHead = check.Head;
        report.CheckRound = round;
        report.CheckStatus = check.Status;
        report.Verdict = check.Verdict;
        await SaveAsync(cancellationToken);
    }

    private async Task<long> MakeAsync(VerificationCheck check, string externalId, CancellationToken cancellationToken)
    {
        // What an earlier try made and could not note: this round's, or one that was left open by a round since.
        var ours = await ListAsync(check.Head, cancellationToken);
        var made = ours.FirstOrDefault(run => run.ExternalId == externalId) ?? ours.FirstOrDefault(run => run.Status != VerificationCheck.Completed);
        if (made is null)
        {
            made = await repository.Checks.CreateAsync(
                new NewCheckRun(VerificationCheck.Name, check.Head, check.Status)
                {
                    ExternalId = externalId,
                    DetailsUrl = standing.Link?.AbsoluteUri,
                    Conclusion = check.Conclusion,
                    Output = Output(check),
                },
                cancellationToken);
        }
        else if (made.Status != check.Status && made.Status != VerificationCheck.Completed)
        {
            await repository.Checks.UpdateAsync(made.Id, Update(check), cancellationToken);
        }

        return made.Id;
    }

    // An earlier try may have got as far as GitHub. Each update adds its marks on lines to those that are there.
    private async Task<bool> IsCompletedAsync(VerificationCheck check, long id, CancellationToken cancellationToken) =>
        check is { Status: VerificationCheck.Completed, Annotations.Count: > 0 }
        && (await ListAsync(check.Head, cancellationToken)).Any(run => run.Id == id && run.Status == VerificationCheck.Completed);

    // The one update that completes a run brings its marks; those before it have none.
    private static CheckRunUpdate Update(VerificationCheck check) => new() { Status = check.Status, Conclusion = check.Conclusion, Output = Output(check) };

    private static CheckOutput Output(VerificationCheck check) => new(check.Title, check.Summary) { Annotations = check.Annotations.Count == 0 ? null : check.Annotations };

    private async Task StateAsync(VerificationCheck check, CancellationToken cancellationToken)
    {
        var status = new NewCommitStatus(
            // A status knows no middle; its line says what is doubtful.
            check.Conclusion switch { null => "pending", "failure" => "failure", _ => "success" },
            VerificationCheck.Name,
            ForeignText.Shorten(check.Title, LongestDescription))
        {
            TargetUrl = standing.Link?.AbsoluteUri,
        };
        try
        {
            await repository.Statuses.CreateAsync(check.Head, status, cancellationToken);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.Permission && refusals.Of(repository.Name) is { } why)
        {
            // Neither may be written: the check is the one that an App should be given.
            throw new GitHubException(GitHubFailure.Permission, why, e) { Status = e.Status };
        }
    }
}
