using CodexService.Contracts.Messages;
using MassTransit;

namespace CodexService.PullRequests.Merging;

/// <summary>Merges an approved pull request.</summary>
internal sealed class MergePullRequestConsumer(PullRequestMerger merger) : IConsumer<MergePullRequest>
{
    public Task Consume(ConsumeContext<MergePullRequest> context) => merger.MergeAsync(context.Message.PullRequestId, context.CancellationToken);
}
