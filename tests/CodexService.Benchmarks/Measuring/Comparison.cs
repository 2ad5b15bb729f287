namespace CodexService.Benchmarks.Measuring;

/// <summary>Collects pairs of values, one pair for each run, and makes a figure of them.</summary>
internal sealed class Comparison(string measured, string beside, string unit)
{
    private readonly List<(double Measured, double Beside)> pairs = [];

    /// <summary>Adds the medians of one run.</summary>
    public void Add(double ours, double theirs) => pairs.Add((ours, theirs));

    /// <summary>Adds the medians of one run.</summary>
    public void Add((double Ours, double Theirs) pair) => Add(pair.Ours, pair.Theirs);

    /// <summary>For times: how many times as long ours takes.</summary>
    public Figure TimesAsLong(string claim, Bound? bound) => Make(claim, bound, pair => pair.Measured / pair.Beside);

    /// <summary>For times: how many times faster ours is.</summary>
    public Figure TimesFaster(string claim, Bound? bound) => Make(claim, bound, pair => pair.Beside / pair.Measured);

    /// <summary>For rates: ours as a multiple of the other.</summary>
    public Figure Multiple(string claim, Bound? bound) => Make(claim, bound, pair => pair.Measured / pair.Beside);

    private Figure Make(string claim, Bound? bound, Func<(double Measured, double Beside), double> ratio) => new(
        claim,
        new Quantity(measured, Spread.Of([.. pairs.Select(pair => pair.Measured)]), unit),
        new Quantity(beside, Spread.Of([.. pairs.Select(pair => pair.Beside)]), unit),
        Spread.Of([.. pairs.Select(ratio)]),
        bound);
}
