using CodexService.Benchmarks.Measuring;

namespace CodexService.Benchmarks;

/// <summary>Measures the claims of one part of the product, each beside something that is measured in the same run.</summary>
internal interface IBenchmark
{
    /// <summary>What is typed to run it alone.</summary>
    string Name { get; }

    /// <summary>What is measured and how, as a paragraph of Markdown.</summary>
    string Method { get; }

    /// <summary>Measures; every run gives each figure one value.</summary>
    Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken);
}

/// <summary>How much is measured.</summary>
/// <param name="Runs">Runs of everything; the figures are medians over them.</param>
/// <param name="Say">Takes a line about what is going on.</param>
internal sealed record Plan(int Runs, Action<string> Say);
