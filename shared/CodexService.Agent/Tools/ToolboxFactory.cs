using CodexService.Agent.Loop;
using Microsoft.Extensions.Options;

namespace CodexService.Agent.Tools;

/// <summary>Makes the tools of each attempt in its sandbox. Thread-safe.</summary>
internal sealed class ToolboxFactory(IOptions<ToolboxOptions> options) : IToolboxFactory
{
    public async Task<IToolbox> CreateAsync(BrainContext context, CancellationToken cancellationToken) =>
        context.Review is { } review ? await Toolbox.CreateForReviewAsync(context.Sandbox, review, options.Value.ForQuestions(), cancellationToken) : await Toolbox.CreateAsync(
            context.Sandbox,
            context.IsQuestion ? "" : context.TestCommand,
            context.IsQuestion ? options.Value.ForQuestions() : options.Value,
            cancellationToken);
}
