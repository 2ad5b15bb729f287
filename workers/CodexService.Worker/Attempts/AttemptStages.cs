using System.Text.Json;
using CodexService.Agent;
using CodexService.Agent.Loop;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Patches;
using CodexService.Sandbox;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Steering;
using CodexService.Tasks.Turns;
using CodexService.Tasks.Workers;
using CodexService.Verification;
using CodexService.Verification.Export;
using CodexService.Worker.Brains;
using CodexService.Worker.Environments;
using CodexService.Worker.Steering;
using CodexService.Worker.Turns;
using Microsoft.Extensions.Options;

namespace CodexService.Worker.Attempts;

/// <summary>The way of an attempt: checkout, sandbox, brain, export, verification. Thread-safe.</summary>
internal sealed partial class AttemptStages(
    SourceCheckout checkout,
    ConflictedMerges merges,
    BrainSelector brains,
    SandboxOpening sandboxes,
    IPatchVerifier verifier,
    AttemptTurns turns,
    TaskSteering steering,
    EarlierRounds earlier,
    UserBudgets budgets,
    AttemptLeases leases,
    RepositoryEnvironments environments,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<AttemptStages> logger)
{
    private const string NoModelHint =
        "Without a model only failing tests can be acted upon; to act on review comments configure CODEX_MODEL_URL and CODEX_MODEL (see docs/models.md)";

    // The rest of the wall clock belongs to the verification, which decides.
    private const double BrainShare = 0.7;

    private static readonly TimeSpan KeepPartialPatch = TimeSpan.FromSeconds(30);

    /// <summary>Runs every stage; what there is so far is always in <paramref name="work"/>.</summary>
    /// <exception cref="OperationCanceledException">The attempt has to stop.</exception>
    public async Task<AttemptOutcome> RunAsync(AttemptWork work, CancellationToken cancellationToken)
    {
        if (work.Attempt.Kind == TaskKind.Review)
        {
            return await ReviewAsync(work, cancellationToken);
        }

        var isQuestion = work.Attempt.Kind == TaskKind.Ask;
        work.Brain = brains.Select(Wish(work));
        if (work.Brain.Name == "repair" && !work.Attempt.BesideRepair)
        {
            work.Session.RefusePauses("the repair brain cannot be paused; it goes on. Stop the task instead, and retry it later.");
        }

        if (work.Attempt.MergedCommit is not null && work.Brain.Name == "repair")
        {
            return work.Unfinished(AttemptState.NoChange, NeedsModel);
        }

        var source = await CheckOutAsync(work, cancellationToken);
        if (work.Brain.Name == "repair")
        {
            brains.RequireRepairable(Wish(work), await checkout.HasPythonAsync(source.Address, source.Commit, cancellationToken), work.Attempt.TestCommand);
        }

        await ChangeAsync(work, source, cancellationToken);
        if (work.Said?.Parking is { } parking)
        {
            return work.Parked(new AttemptParking(parking.Plan, parking.MessagesRead, parking.UsedTime));
        }

        if (isQuestion)
        {
            return Answered(work);
        }

        if (work.Merge is { } merge && await UnresolvedAsync(work, merge, cancellationToken) is { } unresolved)
        {
            return unresolved;
        }

        if (work.Said is not { Changed: true })
        {
            return work.Unfinished(AttemptState.NoChange, Hinted(work, FirstLine(work.Said?.Summary) ?? "the brain changed nothing"));
        }

        if (work.Patch.Length == 0)
        {
            return work.Unfinished(AttemptState.NoChange, "the brain reported a change, but the files are as they were");
        }

        var policy = PatchPolicy.Check(work.Patch, Limits);
        return policy.Allowed
            ? await VerifyAsync(work, source, cancellationToken)
            : work.Unfinished(AttemptState.NoChange, $"the patch is refused: {policy.Reason}");
    }

    private static BrainWish Wish(AttemptWork work) =>
        new(work.Attempt.Kind, work.Attempt.Brain, work.Attempt.Model is { } model ? [model] : [], work.Attempt.ApprovePlan);

    private PatchLimits Limits => new() { MaxBytes = options.Value.MaxPatchBytes };

    private async Task<SandboxSource> CheckOutAsync(AttemptWork work, CancellationToken cancellationToken)
    {
        var attempt = work.Attempt;
        work.Journal.StartStage("checkout", $"Checking out {(attempt.Branch is { } branch ? $"{branch}, the pull request's branch," : attempt.BaseRef)} of {attempt.Repository}");
        var address = RepositoryAddress.Parse(attempt.Repository);
        var environment = environments.Of(address);
        if (environment is not null)
        {
            work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, $"Environment {environment.Name}") { Stage = "checkout", Data = new { stage = "checkout", environment = environment.Name } });
        }

        var commit = await MergedAsync(work, address, cancellationToken) ?? (attempt.BaseCommit is { } known
            ? await checkout.BringAsync(address, known, Waits(work), cancellationToken)
            : await checkout.ResolveAsync(address, attempt.BaseRef, Waits(work), cancellationToken));
        if (attempt is { BaseCommit: null, IsOneOfSeveral: true })
        {
            commit = await leases.AgreeOnBaseAsync(attempt.Lease, commit, cancellationToken);
        }

        return new SandboxSource(address, commit, new SandboxLabels(attempt.Lease.TaskId, attempt.Lease.AttemptId, attempt.Lease.Epoch), attempt.Timeout, environment);
    }

    private static Action<string> Waits(AttemptWork work) =>
        line => work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, line) { Stage = "checkout", Data = new { stage = "checkout" } });

    private async Task ChangeAsync(AttemptWork work, SandboxSource source, CancellationToken cancellationToken)
    {
        var attempt = work.Attempt;
        work.Journal.StartStage("sandbox", $"Starting a sandbox at commit {source.Commit[..10]}", new AttemptReport("", "") { BaseCommit = work.Subject is null && work.Merge is null ? source.Commit : null });
        await using var sandbox = await sandboxes.OpenAsync(source, cancellationToken);
        var ready = time.GetElapsedTime(work.ClaimedAt);
        work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, $"Sandbox ready after {ready.TotalSeconds:0.00} s: {sandbox.Describe()}")
        {
            Stage = "sandbox",
            SandboxReady = ready,
            Data = new { stage = "sandbox", seconds = Math.Round(ready.TotalSeconds, 3) },
        });

        await earlier.ApplyPartialAsync(attempt, sandbox.Sandbox, cancellationToken);
        var context = new BrainContext(
            attempt.Prompt,
            attempt.TestCommand,
            new ToldSandbox(sandbox.Sandbox, work.Journal.Write),
            attempt.Timeout * (attempt.Kind switch { TaskKind.Ask => AnswerShare, TaskKind.Review => ReadingShare, _ => BrainShare }),
            attempt.Number,
            new BrainReporter(work))
        {
            Journal = await StoredTurnJournal.OpenAsync(turns, attempt.Lease, attempt.InheritedTurns, logger, cancellationToken),
            InheritedTurns = attempt.InheritedTurns,
            Limits = new TurnLimits(attempt.Limits.Turns, attempt.Limits.Tokens, attempt.Limits.Cost),
            Added = new TurnLimits(attempt.Added.Turns, attempt.Added.Tokens, attempt.Added.Cost),
            UserBudget = StoredUserBudget.For(budgets, attempt.RequestedBy, logger),
            Earlier = await earlier.ReadAsync(attempt, cancellationToken),
            Template = attempt.Template,
            Model = attempt.Model ?? source.Environment?.Model,
            TemperatureSteps = attempt.EarlierAlike,
            Gate = new SteeringGate(steering, attempt.Lease, time, logger),
            ApprovePlan = attempt.ApprovePlan,
            UsedTime = attempt.UsedTime,
            IsQuestion = attempt.Kind == TaskKind.Ask,
            Review = work.Subject,
        };
        try
        {
            work.Said = await work.Brain!.RunAsync(context, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && work.KeepsPartialPatch)
        {
            await KeepPartialAsync(work, sandbox.Sandbox);
            throw;
        }

        work.Network = sandbox.Sandbox.Network;
        if (attempt.Kind != TaskKind.Change)
        {
            return;
        }

        if (work.Said.Parking is not null)
        {
            await KeepPartialAsync(work, sandbox.Sandbox);
            return;
        }

        if (work.Brain.Name == "repair")
        {
            await TellUnreadAsync(work, cancellationToken);
        }
        else
        {
            work.Session.RefusePauses("the model has finished, and its patch is being verified; that goes on to its end.");
        }

        work.Journal.StartStage("export", "Reading the patch");
        work.Patch = (await PatchExporter.ExportAsync(sandbox.Sandbox, Limits, cancellationToken)).Patch;
    }

    private async Task<AttemptOutcome> VerifyAsync(AttemptWork work, SandboxSource source, CancellationToken cancellationToken)
    {
        work.Journal.StartStage("verify", "Verifying the patch in fresh sandboxes");
        var proof = await verifier.VerifyAsync(
            new VerificationRequest(
                async token => (await sandboxes.OpenAsync(source, token)).Sandbox,
                work.Patch,
                work.Attempt.TestCommand,
                work.Said!.TargetTests,
                work.Attempt.Timeout,
                new InlineProgress<string>(line => work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, line) { Stage = "verify", Data = new { stage = "verify" } })),
                new InlineProgress<EvidenceCommand>(command => work.Journal.Write(CommandReported(command))))
            {
                BaseMayPass = work.Attempt.OnPullRequest,
                Merge = await ReferenceAsync(work, source, cancellationToken),
            },
            cancellationToken);
        TellNetwork(work, proof.Network);
        work.Journal.Write(proof.Verified
            ? new AttemptReport(TaskEventTypes.PatchVerified, $"Verified: {proof.Reason}") { Data = new { fail_to_pass = proof.FailToPass, pass_to_pass = proof.PassToPass, changed_tests = Changed(proof), removed_tests = proof.RemovedTests } }
            : new AttemptReport(TaskEventTypes.PatchRefuted, $"Not verified: {proof.Reason}") { Data = new { reason = proof.Reason } });
        return new AttemptOutcome(
            proof.Verified ? AttemptState.Succeeded : AttemptState.NoChange,
            work.Interrupted(proof.Verified ? proof.Reason : $"the patch was not verified: {proof.Reason}"),
            work.Result(JsonSerializer.Serialize(Report(proof) with { Network = NetworkReports.Of(work.Network, proof.Network) }, JsonConventions.Options)),
            [.. proof.Commands.Select(command => command.Output)])
        {
            EarlyEnd = work.EarlyEnd,
        };
    }

    // Whether a model or the repair brain works was not known yet when they were sent, so nobody refused them.
    private async Task TellUnreadAsync(AttemptWork work, CancellationToken cancellationToken)
    {
        var sent = work.Attempt.BesideRepair ? [] : (await steering.ReadAsync(work.Attempt.Lease, 0, cancellationToken)).Messages;
        if (sent.Count > 0)
        {
            var numbers = string.Join(", ", sent.Select(message => message.Number));
            work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, $"The repair brain reads no messages: nobody read {(sent.Count == 1 ? "message" : "messages")} {numbers}. Configure a model to steer a task, or submit a new one.")
            {
                Data = new { unread = sent.Select(message => message.Number) },
            });
        }
    }

    private static void TellNetwork(AttemptWork work, NetworkEvidence tried)
    {
        foreach (var (phase, attempts) in new[] { ("before", tried.Before), ("after", tried.After) })
        {
            if (attempts.Any)
            {
                work.Journal.Write(NetworkReports.Event(phase, attempts));
            }
        }
    }

    // The attempt is being stopped, but what the brain has so far is still worth a moment.
    private async Task KeepPartialAsync(AttemptWork work, ISandbox sandbox)
    {
        using var limit = new CancellationTokenSource(KeepPartialPatch, time);
        try
        {
            work.Patch = (await PatchExporter.ExportAsync(sandbox, Limits, limit.Token)).Patch;
        }
        catch (Exception e) when (e is OperationCanceledException or SandboxException or PatchExportException)
        {
            work.Journal.Write(new AttemptReport(TaskEventTypes.Progressed, $"The partial patch could not be kept: {e.Message}"));
        }
    }

    private static AttemptReport CommandReported(EvidenceCommand command) =>
        new(TaskEventTypes.CommandFinished, $"{command.Phase}: {command.Command} ended with {command.ExitCode} after {command.Duration.TotalSeconds:0.0} s")
        {
            Data = new { command.Phase, command.Command, exit_code = command.ExitCode, seconds = Math.Round(command.Duration.TotalSeconds, 3) },
        };

    private static VerificationReport Report(VerificationResult proof) => new(
        proof.Verified,
        proof.Reason,
        proof.FailToPass,
        proof.PassToPass,
        proof.Broken,
        proof.StillFailing,
        proof.Flaky,
        [
            .. proof.Commands.Select((command, index) => new CommandReport(
                index,
                command.Phase,
                command.Command,
                command.ExitCode,
                Math.Round(command.Duration.TotalSeconds, 3),
                command.TimedOut,
                System.Text.Encoding.UTF8.GetByteCount(command.Output))),
        ])
    {
        ChangedTests = Changed(proof),
        ChangedFailToPass = proof.ChangedFailToPass,
        RemovedTests = proof.RemovedTests,
    };

    private static ChangedTestFile[] Changed(VerificationResult proof) =>
    [
        .. proof.ChangedTests.Select(file => new ChangedTestFile(file.Path, file.Change switch
        {
            FileChange.Added => TestFileChange.Added,
            FileChange.Deleted => TestFileChange.Deleted,
            _ => TestFileChange.Modified,
        })),
    ];

    // Whoever asks for a change in words gets nothing of a search that looks at tests alone, and should know why.
    private string Hinted(AttemptWork work, string reason) =>
        work.Attempt.PromptNumber > 1 && work.Brain?.Name == "repair" && !brains.HasModel ? $"{reason.TrimEnd('.')}. {NoModelHint}" : reason;

    private static string? FirstLine(string? markdown)
    {
        var line = markdown?.Split('\n').Select(l => l.Trim(' ', '#', '*')).FirstOrDefault(l => l.Length > 0);
        return line is { Length: > 300 } ? string.Concat(line.AsSpan(0, 299), "…") : line;
    }
}
