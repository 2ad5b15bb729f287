using CodexService.Contracts.Api;

namespace CodexService.Cli.Terminal;

/// <summary>Shows events as they arrive; disposing ends the display.</summary>
internal interface IProgressView : IAsyncDisposable
{
    void Show(TaskEventInfo item);
}
