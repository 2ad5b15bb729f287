namespace CodexService.PullRequests.Forges;

/// <summary>The issue or pull request that a change was asked for in.</summary>
/// <param name="Number">Its number.</param>
/// <param name="IsPullRequest">Whether it is a pull request.</param>
/// <param name="Requester">Login of who asked.</param>
public sealed record ChangeOrigin(int Number, bool IsPullRequest, string Requester);
