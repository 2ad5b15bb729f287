using CodexService.Worker.Brains;

namespace CodexService.Standalone.Running;

/// <summary>What the command line asks of this program without a service: examining models and settings, replaying a recorded attempt.</summary>
internal static class OfflineTool
{
    /// <summary>The tool that the first argument names; <see langword="null"/> when it names none.</summary>
    public static Func<Task<int>>? Named(string[] args) => args switch
    {
        [ModelExamination.Argument, ..] => ModelExamination.RunAsync,
        [SettingsExamination.Argument, ..] => SettingsExamination.RunAsync,
        [BundleReplay.Argument, ..] => () => BundleReplay.RunAsync(args),
        _ => null,
    };
}
