namespace CodexService.Contracts.Messages;

/// <summary>Doorbell: there is an attempt to run. The worker claims it in the database, or finds it taken and forgets the message.</summary>
/// <param name="AttemptId">The attempt.</param>
public sealed record RunAttempt(Guid AttemptId);

/// <summary>An attempt's patch was verified and waits for its pull request.</summary>
/// <param name="TaskId">The task.</param>
public sealed record PatchVerified(Guid TaskId);

/// <summary>A person approved a pull request: merge its branch into its base.</summary>
/// <param name="PullRequestId">The pull request.</param>
public sealed record MergePullRequest(Guid PullRequestId);

/// <summary>A webhook delivery of GitHub is stored and waits to be handled.</summary>
/// <param name="DeliveryId">GitHub's id of it.</param>
public sealed record HandleDelivery(string DeliveryId);

/// <summary>A review has ended with a result that may have to be put on its pull request.</summary>
/// <param name="TaskId">The task.</param>
public sealed record ReviewFinished(Guid TaskId);
