using CodexService.Contracts.Messages;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using MassTransit;

namespace CodexService.PullRequests.Connecting;

/// <summary>Hands out tokens that read one repository: workers clone with those and never see a credential that can write.</summary>
internal sealed class MintReadTokenConsumer(IGitHub github) : IConsumer<MintReadToken>
{
    public async Task Consume(ConsumeContext<MintReadToken> context)
    {
        string? token = null;
        if (RepositoryName.TryParse(context.Message.Repository, out var repository))
        {
            try
            {
                token = await github.MintReadTokenAsync(repository, context.CancellationToken);
            }
            catch (GitHubException)
            {
                // Not installed there, or GitHub is away: whoever asked clones without, and git says what came of it.
            }
        }

        await context.RespondAsync(new ReadTokenMinted(token));
    }
}
