using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CodexService.Api.Tests.Hosting;

/// <summary>Everything that was logged, at every level.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> entries = new();

    public IEnumerable<string> Texts => entries.Select(entry => entry.Text);

    public IEnumerable<string> Errors => entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => entry.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.entries.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
    }
}
