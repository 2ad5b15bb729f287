using System.ComponentModel.DataAnnotations;

namespace CodexService.Tasks.Leases;

/// <summary>How a silent worker is noticed, section <c>Leases</c>. Every process of a deployment needs the same values.</summary>
public sealed class LeaseOptions : IValidatableObject
{
    internal const string Section = "Leases";

    /// <summary>How long a claim or heartbeat lasts. Default 45 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00", ErrorMessage = "Leases:Duration has to be from 2 s to 1 h.")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How often a holder renews. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:20:00", ErrorMessage = "Leases:HeartbeatInterval has to be from 0.5 s to 20 min.")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often attempts of silent workers are looked for. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Leases:RescueInterval has to be from 0.1 s to 10 min.")]
    public TimeSpan RescueInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // One heartbeat may be lost or late; that alone must not cost an attempt.
        if (HeartbeatInterval * 3 > Duration)
        {
            yield return new ValidationResult("Leases:Duration has to be at least three times Leases:HeartbeatInterval.");
        }
    }
}
