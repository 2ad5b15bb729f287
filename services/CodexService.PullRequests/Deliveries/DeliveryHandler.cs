using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Tasks;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Handles stored deliveries: decides what each asks for, checks live who asked, has it done, and stores the decision.
/// What does not answer is tried again, a bounded number of times. Thread-safe.
/// </summary>
internal sealed partial class DeliveryHandler(
    IGitHub github,
    AppName app,
    DeliveryStore deliveries,
    RepositorySettings settings,
    Installations installations,
    Stops stops,
    OurWork work,
    SeenSigns signs,
    IEnumerable<ITriggerAction> actions,
    TaskStarter starter,
    IDbContextFactory<TasksDbContext> contexts,
    IOptions<GitHubTaskOptions> options,
    TimeProvider time,
    ILogger<DeliveryHandler> logger)
{
    /// <summary>What is stored with a delivery that waits for its turn.</summary>
    internal const string Busy = "it waits for what is being done about the same issue or pull request";

    private const int SayTries = 3;
    private static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(5);

    /// <summary>Handles a delivery; does nothing when it is handled or held by somebody.</summary>
    public async Task HandleAsync(string id, CancellationToken cancellationToken)
    {
        if (await deliveries.ClaimAsync(id, cancellationToken) is not { } delivery)
        {
            return;
        }

        if (delivery.Tries > options.Value.DeliveryTries)
        {
            // What fails is ended before: only a process that was killed in the middle leaves a delivery so.
            await FailAsync(delivery, $"its handling was cut short {options.Value.DeliveryTries} times; see the service's log, then redeliver it", cancellationToken);
            return;
        }

        var handling = new Handling();
        try
        {
            var outcome = await DecideAsync(delivery, handling, cancellationToken);
            if (outcome is { State: not DeliveryState.Received })
            {
                await EndAsync(delivery, outcome, cancellationToken);
            }
            else
            {
                // It does not wait here: a slow issue must not hold up all others.
                await deliveries.YieldAsync(delivery.Id, outcome?.Decision ?? Busy, BusyPause, cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await FailAsync(delivery, handling, e, cancellationToken);
        }
    }

    /// <summary>What came of it; <see langword="null"/> while another delivery about the same is being handled.</summary>
    private async Task<TriggerOutcome?> DecideAsync(Delivery delivery, Handling handling, CancellationToken cancellationToken)
    {
        var payload = WebhookPayload.Read(delivery.Body);
        if (Installations.Tells(delivery))
        {
            return await installations.KeepAsync(delivery, payload, cancellationToken);
        }

        var isAssigned = payload.Assignee is not null || payload.Issue?.Assignees is { Count: > 0 };
        var decider = new TriggerDecider(
            await app.FindAsync(cancellationToken), await app.BotAsync(cancellationToken), isAssigned ? await app.AccountAsync(cancellationToken) : null);

        // Most deliveries start nothing whatever the settings are: no call is spent on those.
        var widest = decider.Decide(delivery.Event, payload, TriggerSettings.WidestFor(payload));
        if (widest is not TriggerDecision.Wanted atMost)
        {
            return Ignored(((TriggerDecision.Ignored)widest).Reason);
        }

        if (!RepositoryName.TryParse(payload.Repository!.FullName, out var name))
        {
            return Ignored($"{ForeignText.Shorten(payload.Repository.FullName, 100)} is no repository's name");
        }

        // Until the settings are known the usual ones count: who asked learns why they cannot be read, once an issue. Who reviews the pull
        // request of somebody else asked for nothing.
        var repository = github.Repository(name);
        (handling.Repository, handling.Wanted) = (repository, (decider.Decide(delivery.Event, payload, TriggerSettings.Default) as TriggerDecision.Wanted) is { } usual && !IsUnspoken(usual, payload) ? usual with { Key = "unreadable" } : null);
        var info = await repository.GetAsync(cancellationToken);
        if (info.Archived)
        {
            return Ignored("the repository is archived");
        }

        // A renamed repository answers under its new name; everything from here on uses that.
        if (RepositoryName.TryParse(info.FullName, out var current) && current != name)
        {
            repository = github.Repository(current);
        }

        var used = await settings.ReadAsync(repository, info, payload, atMost, cancellationToken);
        var decision = decider.Decide(delivery.Event, payload, used.Settings);
        if (decision is TriggerDecision.Wanted reviewed && IsUnspoken(reviewed, payload) && await work.PullRequestAsync(info, reviewed.Number, cancellationToken) is null)
        {
            decision = new TriggerDecision.Ignored($"pull request #{reviewed.Number} is not ours");
        }

        switch (decision)
        {
            case TriggerDecision.Ignored ignored:
                // It may be wanted by a file that could be read; nobody is told who did not ask in the usual way.
                return Ignored(used.Unusable is null ? ignored.Reason : $"{ignored.Reason}; {used.Unusable.Message}");
            case TriggerDecision.Wanted wanted:
                (handling.Repository, handling.Wanted) = (repository, wanted);

                // What is asked about one issue is done one after the other: a label and a mention at once are one task.
                await using (var turn = wanted.Number > 0 ? await DatabaseLock.TryTakeAsync(contexts, $"issue:{info.Id}:{wanted.Number}", cancellationToken) : null)
                {
                    if (wanted.Number > 0 && turn is null)
                    {
                        return null;
                    }

                    var outcome = await RunAsync(
                        new TriggerContext(delivery, payload, wanted, repository, info, used.Settings) { SettingsBranch = used.Branch }, used.Unusable, cancellationToken);
                    await ReplyAsync(handling, outcome, cancellationToken);
                    return outcome;
                }

            default:
                throw new InvalidOperationException("a decision is either ignored or wanted");
        }
    }

    private async Task<TriggerOutcome> RunAsync(TriggerContext context, FormatException? unusable, CancellationToken cancellationToken)
    {
        var (wanted, repository) = (context.Wanted, context.Repository);
        if (wanted.Actor is { } actor && !context.IsListedBot(actor) && !await new WriteAccess(repository).HasAsync(actor, cancellationToken))
        {
            // Said once an issue, and only to those who spoke to us.
            if (wanted.Comment is not null)
            {
                await Replies.SayOnceAsync(github, repository, wanted.Number, "no-access", "Sorry, only people with write access to this repository can give me work.", cancellationToken);
            }

            return new TriggerOutcome(DeliveryState.Refused, $"{actor} has no write access to {repository.Name}");
        }

        // What people did to our pull request is followed whatever the file says.
        if (unusable is not null && wanted.Command is not (TriggerCommand.End or TriggerCommand.Reopen or TriggerCommand.Pushed))
        {
            return TriggerOutcome.Refused(unusable.Message);
        }

        if (!await deliveries.TakeTriggerAsync(context.Info.Id, wanted.Key, context.Delivery.Id, cancellationToken))
        {
            return Ignored("another delivery asked for the same, and that is or was done");
        }

        if (await starter.FindAsync(context, cancellationToken) is { } started)
        {
            // It was handled before, up to its last step.
            return new TriggerOutcome(DeliveryState.Acted, "its task was started before", started);
        }

        if (wanted.Command == TriggerCommand.Stop)
        {
            await stops.SaveAsync(context, cancellationToken);
        }
        else if (await stops.AgainstAsync(context, cancellationToken) is { } stopped)
        {
            return stopped;
        }

        foreach (var action in actions)
        {
            if (await action.TakesAsync(context, cancellationToken))
            {
                if (await action.AgainstAsync(context, cancellationToken) is { } against)
                {
                    return against;
                }

                // Before the repository is looked at, which may take minutes.
                await signs.ShowAsync(context, cancellationToken);
                return await action.RunAsync(context, cancellationToken);
            }
        }

        // Whoever spoke to us is not left without an answer.
        return Ignored($"there is nothing to {Verb(wanted.Command)}") with { Reply = wanted.Said is null ? null : Nothing(wanted.Command) };
    }

    private async Task EndAsync(Delivery delivery, TriggerOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.State != DeliveryState.Acted)
        {
            // Nothing was done for it: another delivery, or this one again, may.
            await deliveries.ReturnTriggersAsync(delivery.Id, cancellationToken);
        }

        await deliveries.EndAsync(delivery.Id, outcome.State, outcome.Decision, outcome.TaskId, cancellationToken);
        LogHandled(delivery.Id, delivery.Event, outcome.State, outcome.Decision);
    }

    private async Task FailAsync(Delivery delivery, Handling handling, Exception problem, CancellationToken cancellationToken)
    {
        var (line, passes) = problem switch
        {
            GitHubException e => (e.Message, e.IsPassing),
            RepositoryException e => (e.Message, e.Kind is RepositoryErrorKind.Unreachable),
            TaskConflictException e => (e.Message, false),
            FormatException e => (e.Message, false),
            _ => ("an error inside the service; its log says which", true),
        };
        if (problem is not (GitHubException or RepositoryException or TaskConflictException or FormatException))
        {
            LogBroken(problem, delivery.Id);
        }

        if (passes && delivery.Tries < options.Value.DeliveryTries)
        {
            await PostponeAsync(delivery, line, (problem as GitHubException)?.RetryAfter, cancellationToken);
            return;
        }

        if (!await SayAsync(handling, line, cancellationToken) && delivery.Tries < options.Value.DeliveryTries)
        {
            await PostponeAsync(delivery, line, null, cancellationToken);
            return;
        }

        await FailAsync(delivery, line, cancellationToken);
    }

    private async Task PostponeAsync(Delivery delivery, string line, TimeSpan? asked, CancellationToken cancellationToken)
    {
        var pause = GrowingPause.After(delivery.Tries, asked);
        var next = time.GetUtcNow() + pause;
        var end = next + GrowingPause.Left(delivery.Tries + 1, options.Value.DeliveryTries);
        var when = string.Create(CultureInfo.InvariantCulture, $"; tried again at {next:HH:mm:ss} UTC, given up at about {end:HH:mm} UTC");
        await deliveries.PostponeAsync(delivery.Id, line + when, pause, cancellationToken);

        // Once for each reason, not for each try.
        if (delivery.Decision?.StartsWith($"{line}; tried again at ", StringComparison.Ordinal) != true)
        {
            LogPostponed(delivery.Id, line + when);
        }
    }

    private async Task FailAsync(Delivery delivery, string line, CancellationToken cancellationToken)
    {
        await deliveries.ReturnTriggersAsync(delivery.Id, cancellationToken);
        await deliveries.EndAsync(delivery.Id, DeliveryState.Failed, line, null, cancellationToken);
        LogFailed(delivery.Id, line);
    }

    // That a line cannot be said changes nothing about what was done, or why nothing was.
    private async Task ReplyAsync(Handling handling, TriggerOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Reply is not { } line || handling is not { Repository: { } repository, Wanted: { Number: > 0 } wanted })
        {
            return;
        }

        try
        {
            await Replies.SayOnceAsync(github, repository, wanted.Number, wanted.Topic ?? wanted.Key, ForeignText.DefuseMarkdown(line) + (outcome.ReplyDetails is { } details ? $"\n\n{details}" : ""), cancellationToken);
        }
        catch (GitHubException e) when (!e.IsPassing || outcome.State == DeliveryState.Acted)
        {
            LogUnsaid(repository.Name.ToString(), wanted.Number, e.Message);
        }
    }

    // Whoever asked learns it where they asked, if that can be said at all. False when it can be said later.
    private async Task<bool> SayAsync(Handling handling, string line, CancellationToken cancellationToken)
    {
        if (handling is not { Repository: { } repository, Wanted: { Actor: not null, Number: > 0 } wanted })
        {
            return true;
        }

        for (var tries = 1; ; tries++)
        {
            try
            {
                await Replies.SayOnceAsync(github, repository, wanted.Number, wanted.Topic ?? wanted.Key, $"That did not work: {ForeignText.DefuseMarkdown(line)}", cancellationToken);
                return true;
            }
            catch (GitHubException e) when (e.IsPassing && tries < SayTries)
            {
                // It may have been said all the same: the next look finds it.
            }
            catch (GitHubException e)
            {
                LogUnsaid(repository.Name.ToString(), wanted.Number, e.Message);
                return !e.IsPassing;
            }
        }
    }

    // A review that asks for changes is meant for who opened the pull request: it asks us only where that is we.
    private static bool IsUnspoken(TriggerDecision.Wanted wanted, WebhookPayload payload) => payload.Review is not null && wanted.Said is null;

    private static TriggerOutcome Ignored(string reason) => new(DeliveryState.Ignored, reason);

    private static string Nothing(TriggerCommand command) => command switch
    {
        TriggerCommand.Stop => "There is nothing to stop here: nothing is being worked on.",
        TriggerCommand.Retry => "There is nothing to try again here: no task came from this. Say what should be done.",
        TriggerCommand.Approve => "Nothing waits for an approval here.",
        TriggerCommand.Review => "I review pull requests; this is an issue. Ask for it on the pull request.",
        _ => $"There is nothing to {Verb(command)} here.",
    };

    private static string Verb(TriggerCommand command) => command switch
    {
        TriggerCommand.Fix or TriggerCommand.Plan => "start",
        TriggerCommand.FollowUp => "go on with",
        TriggerCommand.FixCheck => "mend",
        TriggerCommand.BaseMoved => "look at",
        TriggerCommand.End => "end",
        _ => command.ToString().ToLowerInvariant(),
    };

    [LoggerMessage(LogLevel.Information, "Delivery {Id} ({Event}): {State}, {Decision}")]
    private partial void LogHandled(string id, string @event, DeliveryState state, string decision);

    [LoggerMessage(LogLevel.Warning, "Delivery {Id} waits: {Reason}")]
    private partial void LogPostponed(string id, string reason);

    [LoggerMessage(LogLevel.Warning, "Delivery {Id} could not be handled: {Reason}")]
    private partial void LogFailed(string id, string reason);

    [LoggerMessage(LogLevel.Warning, "What became of a request could not be said on {Repository}#{Number}: {Reason}")]
    private partial void LogUnsaid(string repository, int number, string reason);

    // How far the handling has come, for what has to be said when it fails.
    private sealed class Handling
    {
        public IGitHubRepository? Repository { get; set; }

        public TriggerDecision.Wanted? Wanted { get; set; }
    }

    [LoggerMessage(LogLevel.Error, "Delivery {Id} hit an unexpected error")]
    private partial void LogBroken(Exception exception, string id);
}
