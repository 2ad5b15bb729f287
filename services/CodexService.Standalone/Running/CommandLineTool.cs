using CodexService.PullRequests.Connecting;
using CodexService.Worker.Brains;

namespace CodexService.Standalone.Running;

/// <summary>What launcher and CLI ask of the services' code without a service: examining models and the way to GitHub, replaying a recorded attempt.</summary>
internal static class CommandLineTool
{
    /// <summary>The tool that the first argument names; <see langword="null"/> when it names none.</summary>
    public static Func<Task<int>>? Named(string[] args) => args switch
    {
        [ModelExamination.Argument, ..] => ModelExamination.RunAsync,
        [ConnectionExamination.Argument, ..] => ConnectionExamination.RunAsync,
        [BundleReplay.Argument, ..] => () => BundleReplay.RunAsync(args),
        _ => null,
    };
}
