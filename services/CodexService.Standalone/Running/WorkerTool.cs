using CodexService.Worker.Brains;

namespace CodexService.Standalone.Running;

/// <summary>What the CLI asks of the worker's code without a service: examining models, replaying a recorded attempt.</summary>
internal static class WorkerTool
{
    /// <summary>The tool that the first argument names; <see langword="null"/> when it names none.</summary>
    public static Func<Task<int>>? Named(string[] args) => args switch
    {
        [ModelExamination.Argument, ..] => ModelExamination.RunAsync,
        [BundleReplay.Argument, ..] => () => BundleReplay.RunAsync(args),
        _ => null,
    };
}
