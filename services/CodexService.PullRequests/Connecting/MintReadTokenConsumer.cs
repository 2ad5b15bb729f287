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
        var answer = new ReadTokenMinted(Token: null);
        if (RepositoryName.TryParse(context.Message.Repository, out var repository))
        {
            try
            {
                answer = new ReadTokenMinted(await github.MintReadTokenAsync(repository, context.CancellationToken));
            }
            catch (GitHubException e) when (e.IsPassing)
            {
                answer = answer with { Passing = e.Message };
            }
            catch (GitHubException)
            {
                // Not installed there: whoever asked clones without, and git says what came of it.
            }
        }

        await context.RespondAsync(answer);
    }
}
