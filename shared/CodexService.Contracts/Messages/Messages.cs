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

/// <summary>A person made a GitHub App from our manifest: exchange the stored code for its credentials.</summary>
/// <param name="State">Names the stored request.</param>
public sealed record ConnectGitHubApp(string State);

/// <summary>Request to the pull-request service: a token that reads one repository of GitHub and can do nothing else.</summary>
/// <param name="Repository">As <c>owner/name</c>.</param>
public sealed record MintReadToken(string Repository);

/// <summary>Answer to <see cref="MintReadToken"/>.</summary>
/// <param name="Token">The token, good for an hour; <see langword="null"/> when there is none to give.</param>
public sealed record ReadTokenMinted(string? Token)
{
    /// <summary>Why there is none at this moment though there may be one later: one line; <see langword="null"/> otherwise.</summary>
    public string? Passing { get; init; }

    /// <summary>Without the token, whatever prints it.</summary>
    public override string ToString() => Token is null ? "no token" : "a token";
}

/// <summary>A review has ended with a result that may have to be put on its pull request.</summary>
/// <param name="TaskId">The task.</param>
public sealed record ReviewFinished(Guid TaskId);
