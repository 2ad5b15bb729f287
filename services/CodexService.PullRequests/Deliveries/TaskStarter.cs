using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Inspection;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Submission;
using CodexService.Tasks.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Submits a task for who asked on GitHub, within their budget. The same trigger finds the task that it made before. Thread-safe.</summary>
internal sealed class TaskStarter(
    TaskStore store,
    IDbContextFactory<TasksDbContext> contexts,
    RepositoryInspector inspector,
    RepositoryCheckout checkout,
    ForgeSelection forges,
    UserBudgets budgets,
    TaskAdmission admission,
    IOptions<GitHubTaskOptions> options)
{
    /// <summary>Submits it, or says in one line why not.</summary>
    /// <exception cref="RepositoryException">The repository does not answer; trying again later may help.</exception>
    public async Task<TriggerOutcome> StartAsync(TriggerContext context, NewTask wanted, CancellationToken cancellationToken)
    {
        var actor = context.Wanted.Actor!;
        var user = $"github:{actor}";
        if (budgets.IsLimited(user) && await budgets.StandingAsync(user, cancellationToken) is { UsedUp: { } usedUp })
        {
            return TriggerOutcome.Refused(usedUp);
        }

        RepositoryAddress address;
        string? testCommand;
        try
        {
            address = RepositoryAddress.Parse(context.Info.CloneUrl);
            testCommand = context.Settings.TestCommand ?? (await inspector.InspectAsync(await forges.For(address).ReadableAsync(address, cancellationToken), cancellationToken)).TestCommand;
        }
        catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Unreachable)
        {
            return TriggerOutcome.Refused(e.Message);
        }

        var repository = context.Repository.Name.ToString();
        var submission = new TaskSubmission(
            address.Value,
            wanted.Prompt,
            testCommand ?? "",
            wanted.BaseRef,
            wanted.Kind == TaskKind.Change ? context.Settings.Attempts : 1,
            TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            BrainChoice.Auto,
            Key(context),
            Model: context.Settings.Model)
        {
            Kind = wanted.Kind,
            HeadRef = wanted.HeadRef,
            ApprovePlan = context.Wanted.Command == TriggerCommand.Plan,
            SubmittedBy = user,
            Origin = new SubmissionOrigin(repository, context.Wanted.Number, wanted.IsPullRequest, actor, wanted.Url, TriggerText.Title(wanted.Title), context.Wanted.Comment)
            {
                RequestedById = context.Wanted.ActorId,
                RepositoryId = context.Info.Id,
                SaidAt = context.SaidAt.ToUniversalTime(),
            },
        };
        if (await admission.WhyNotAsync(submission, () => HasPythonAsync(address, wanted.BaseRef, cancellationToken), cancellationToken) is { } refusal)
        {
            return TriggerOutcome.Refused(refusal.Field == "model" ? $"{TriggerSettings.Path}: {refusal.Line}" : refusal.Line);
        }

        // A review can do without: it says then that no test was run.
        if (testCommand is null && wanted.Kind == TaskKind.Change)
        {
            return TriggerOutcome.Refused($"no test command was found in the repository: put one into {TriggerSettings.Path} on {context.SettingsBranch ?? context.Info.DefaultBranch}, for example test_command: npm test");
        }

        var submitted = await store.SubmitAsync(submission, cancellationToken);
        return new TriggerOutcome(DeliveryState.Acted, wanted.Started, submitted.TaskId);
    }

    /// <summary>The task that the same trigger started before, when a delivery is handled again; <see langword="null"/> for none.</summary>
    public async Task<Guid?> FindAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var key = Key(context);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks.Where(task => task.IdempotencyKey == key).Select(task => (Guid?)task.Id).SingleOrDefaultAsync(cancellationToken);
    }

    private async Task<bool> HasPythonAsync(RepositoryAddress address, string baseRef, CancellationToken cancellationToken)
    {
        var readable = await forges.For(address).ReadableAsync(address, cancellationToken);
        return await checkout.HasPythonAsync(readable, (await checkout.ResolveAsync(readable, baseRef, cancellationToken)).Commit, cancellationToken);
    }

    private static string Key(TriggerContext context) => $"github:{context.Info.Id}:{context.Wanted.Key}";
}

/// <summary>A task that was asked for on GitHub.</summary>
/// <param name="Prompt">What to do.</param>
/// <param name="BaseRef">Branch that it starts from.</param>
/// <param name="IsPullRequest">Whether it was asked for on a pull request of somebody else.</param>
/// <param name="Url">Address of the issue or pull request.</param>
/// <param name="Title">Its title; hostile text.</param>
/// <param name="Started">The decision once it is submitted; one line.</param>
internal sealed record NewTask(string Prompt, string BaseRef, bool IsPullRequest, string Url, string Title, string Started)
{
    /// <summary>A change or a review.</summary>
    public TaskKind Kind { get; init; } = TaskKind.Change;

    /// <summary>What a review reads.</summary>
    public string? HeadRef { get; init; }
}
