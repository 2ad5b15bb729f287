namespace CodexService.Verification.Reporting;

/// <summary>How one test went. Ordered from best to worst.</summary>
public enum TestOutcome
{
    /// <summary>It passed.</summary>
    Passed,

    /// <summary>It did not run, or was expected to fail.</summary>
    Skipped,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It could not run to its end.</summary>
    Error,
}
