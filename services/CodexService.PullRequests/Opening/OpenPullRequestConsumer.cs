using CodexService.Contracts.Messages;
using MassTransit;

namespace CodexService.PullRequests.Opening;

/// <summary>Opens the pull request of a verified patch.</summary>
internal sealed class OpenPullRequestConsumer(PullRequestOpener opener) : IConsumer<PatchVerified>
{
    public Task Consume(ConsumeContext<PatchVerified> context) => opener.OpenAsync(context.Message.TaskId, context.CancellationToken);
}
