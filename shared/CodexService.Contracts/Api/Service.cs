namespace CodexService.Contracts.Api;

/// <summary>What <c>GET /api/repositories/inspect?repository=…</c> found.</summary>
/// <param name="Repository">As normalised by the service.</param>
/// <param name="DefaultBranch">Branch that HEAD names.</param>
/// <param name="Branches">All branches, default first, at most 500.</param>
/// <param name="TestCommand">A guess from the files at the default branch, or <see langword="null"/>.</param>
/// <param name="TestCommandWhy">What the guess rests on, for people.</param>
public sealed record RepositoryInspection(
    string Repository,
    string DefaultBranch,
    IReadOnlyList<string> Branches,
    string? TestCommand,
    string? TestCommandWhy);

/// <summary>Answer of <c>GET /api/repositories/outlook</c>: what a submission of such a change would be told now.</summary>
/// <param name="WhyNot">Why it would be refused, one sentence that says what to do; <see langword="null"/> when nothing stands against it.</param>
public sealed record ChangeOutlook(string? WhyNot);

/// <summary>Body of <c>POST /api/session</c>: signs the dashboard in with an API token.</summary>
public sealed record SignInRequest(string Token);

/// <summary>Answer of <c>GET /api/service</c>.</summary>
/// <param name="Version">Product version.</param>
/// <param name="Brain">The brain that <c>auto</c> means now.</param>
/// <param name="SandboxImage">Image of the sandboxes.</param>
/// <param name="MaxPromptLength">Characters.</param>
/// <param name="DefaultTimeoutSeconds">Seconds.</param>
public sealed record ServiceInfo(string Version, string Brain, string SandboxImage, int MaxPromptLength, int DefaultTimeoutSeconds)
{
    /// <summary>Names of models that a task can choose, the default one first, as the workers tell that are up; while none is up, as far as the API's own settings tell.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Whether a model is configured where the workers run; <see langword="null"/> while none is up, so that nobody knows.</summary>
    public bool? HasModel { get; init; }
}
