using CodexService.Contracts.Api;
using CodexService.Tasks.Choice;

namespace CodexService.Tasks.Attempts;

/// <content>What makes it differ from the other attempts of its round, and what it is ranked by.</content>
public sealed partial class Attempt
{
    /// <summary>The brain that was asked for; never <see cref="BrainChoice.Both"/>.</summary>
    public BrainChoice Brain { get; private set; }

    /// <summary>Name of the configured model that was asked for; <see langword="null"/> for the default one, or none.</summary>
    public string? Model { get; private set; }

    /// <summary>Sampling temperature that its model is asked with, as its worker told; <see langword="null"/> before that, and without a model.</summary>
    public float? Temperature { get; private set; }

    /// <summary>Whether its patch is verified.</summary>
    public bool Verified { get; private set; }

    /// <summary>Tests that pass with its patch; <see langword="null"/> when they were not run.</summary>
    public int? TestsPassed { get; private set; }

    /// <summary>Tests that its patch breaks; <see langword="null"/> when none were run.</summary>
    public int? Regressions { get; private set; }

    /// <summary>Tests that fail with and without its patch; <see langword="null"/> when none were run.</summary>
    public int? StillFailing { get; private set; }

    /// <summary>Lines that its patch adds and removes; <see langword="null"/> without a result.</summary>
    public int? PatchLines { get; private set; }

    /// <summary>Why its worker has to stop it, one line; <see langword="null"/> while it may go on.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Its brain and model.</summary>
    internal AttemptVariant Variant => new(Brain, Model);

    internal bool IsActive => IsActiveState(State);

    internal static bool IsActiveState(AttemptState state) => state is AttemptState.Queued or AttemptState.Running or AttemptState.Paused;

    internal void AskedAt(float temperature) => Temperature = temperature;

    internal void RequestStop(string reason) => StopReason = reason;

    internal void Measure(AttemptOutcome outcome)
    {
        var merits = AttemptMerits.Of(outcome.Result);
        Verified = outcome.State == AttemptState.Succeeded;
        TestsPassed = merits?.TestsPassed;
        Regressions = merits?.Regressions;
        StillFailing = merits?.StillFailing;
        PatchLines = outcome.Result is null ? null : PatchSize.Of(outcome.Result.Patch);
    }
}
