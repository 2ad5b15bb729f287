namespace CodexService.Benchmarks.Measuring;

/// <summary>One claim and what was measured for it.</summary>
/// <param name="Claim">What is claimed, in a few words.</param>
/// <param name="Measured">Ours.</param>
/// <param name="Beside">What it is compared with, measured in the same run.</param>
/// <param name="Ratio">The comparison, run by run.</param>
/// <param name="Bound">The bound of the claim; <see langword="null"/> for a figure that is shown without one.</param>
internal sealed record Figure(string Claim, Quantity Measured, Quantity Beside, Spread Ratio, Bound? Bound)
{
    /// <summary>Whether the median keeps the bound.</summary>
    public bool? IsKept => Bound is { } bound ? bound.Allows((bound.OfRatio ? Ratio : Measured.Value).Median) : null;
}

/// <summary>A named value with its unit.</summary>
internal sealed record Quantity(string Name, Spread Value, string Unit)
{
    public override string ToString() => $"{Name} {Value.Show(Unit)}";
}

/// <summary>The bound of a claim, for the ratio or for the measured value itself.</summary>
internal sealed record Bound(double Limit, bool AtLeast, bool OfRatio, string Unit)
{
    public static Bound RatioAtLeast(double limit) => new(limit, AtLeast: true, OfRatio: true, "×");

    public static Bound RatioAtMost(double limit) => new(limit, AtLeast: false, OfRatio: true, "×");

    public static Bound AtLeastOf(double limit, string unit) => new(limit, AtLeast: true, OfRatio: false, unit);

    public static Bound Below(double limit, string unit) => new(limit, AtLeast: false, OfRatio: false, unit);

    public bool Allows(double value) => AtLeast ? value >= Limit : value <= Limit;

    public override string ToString() => $"{(AtLeast ? "at least" : "at most")} {Limit:0.##} {Unit}";
}
