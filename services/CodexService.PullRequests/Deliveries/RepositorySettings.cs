using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.GitHubLink;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Reads what a repository lets start work: at the base branch of the pull request that a delivery is about, else at the default branch.
/// Thread-safe.
/// </summary>
internal sealed class RepositorySettings(OurWork work, GitHubLinks links, TimeProvider time)
{
    /// <summary>
    /// Reads it, and stores it for the dashboard. With a file that cannot be used the defaults hold: who asks in the usual way learns what is
    /// wrong with it, and nobody else is spoken to.
    /// </summary>
    /// <param name="repository">The calls on the repository.</param>
    /// <param name="info">The repository as it is now.</param>
    /// <param name="payload">The delivery.</param>
    /// <param name="wanted">What it asks for at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<UsedSettings> ReadAsync(IGitHubRepository repository, RepositoryInfo info, WebhookPayload payload, TriggerDecision.Wanted wanted, CancellationToken cancellationToken)
    {
        var branch = await BaseAsync(repository, info, payload, wanted, cancellationToken) ?? info.DefaultBranch;
        var file = await repository.ReadFileAsync(TriggerSettings.Path, branch, cancellationToken);
        if (file is null && branch != info.DefaultBranch)
        {
            // A branch from before the file was there: what the repository turned off is off on it, too.
            branch = info.DefaultBranch;
            file = await repository.ReadFileAsync(TriggerSettings.Path, branch, cancellationToken);
        }

        FormatException? unusable = null;
        var settings = TriggerSettings.Default;
        try
        {
            settings = file is null ? settings : TriggerSettings.Read(file);
        }
        catch (FormatException e)
        {
            unusable = e;
        }

        await links.SaveTriggersAsync(info.Id, repository.Name.ToString(), Shown(settings, unusable, file is not null, branch), branch == info.DefaultBranch, cancellationToken);

        return new UsedSettings(settings, unusable, branch);
    }

    // Asked of GitHub only where neither the delivery nor what is stored tells it: for comments on people's pull requests.
    private async Task<string?> BaseAsync(IGitHubRepository repository, RepositoryInfo info, WebhookPayload payload, TriggerDecision.Wanted wanted, CancellationToken cancellationToken) => (payload, wanted) switch
    {
        ({ PullRequest.Base.Ref: { Length: > 0 } branch }, _) => branch,
        (_, { Command: TriggerCommand.BaseMoved }) => wanted.Text,
        (_, { Command: TriggerCommand.FixCheck, HeadCommit: { } head }) => (await work.ByHeadAsync(info, head, cancellationToken))?.Pull.BaseRef,
        ({ PullRequest: not null }, _) => (await work.PullRequestAsync(info, wanted.Number, cancellationToken))?.Pull.BaseRef,
        ({ Issue.IsPullRequest: true }, _) =>
            (await work.PullRequestAsync(info, wanted.Number, cancellationToken))?.Pull.BaseRef ?? (await repository.PullRequests.GetAsync(wanted.Number, cancellationToken)).Base.Ref,
        _ => null,
    };

    private RepositoryTriggers Shown(TriggerSettings settings, FormatException? unusable, bool isThere, string branch) => new(
        time.GetUtcNow(),
        isThere ? $"{TriggerSettings.Path} on {branch}" : $"defaults: there is no {TriggerSettings.Path} on {branch}",
        settings.Label,
        settings.Assignment,
        settings.Mention,
        settings.ChangesRequested,
        settings.CheckFixes,
        [.. settings.Bots],
        settings.TestCommand,
        settings.Attempts,
        unusable?.Message)
    {
        Conflicts = settings.Conflicts,
        Model = settings.Model,
    };
}

/// <summary>Settings that hold for a delivery.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Unusable">What is wrong with the file; <see langword="null"/> for nothing.</param>
/// <param name="Branch">Where the file was read, or was looked for.</param>
internal sealed record UsedSettings(TriggerSettings Settings, FormatException? Unusable, string Branch);
