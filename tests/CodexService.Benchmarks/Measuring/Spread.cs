namespace CodexService.Benchmarks.Measuring;

/// <summary>Values of several runs as their median with the smallest and the largest.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }

    /// <summary>The three values with <paramref name="unit"/> behind them.</summary>
    public string Show(string unit = "")
    {
        var (low, high) = (Number(Min), Number(Max));
        var range = low == high ? "" : $" ({low}–{high})";
        return $"{Number(Median)}{range}{(unit.Length == 0 ? "" : " " + unit)}";
    }

    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0"),
        >= 10 => value.ToString("0.0"),
        >= 1 => value.ToString("0.00"),
        _ => value.ToString("0.000"),
    };
}
