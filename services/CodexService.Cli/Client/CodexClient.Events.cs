using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Client;

/// <content>Following a task's event log.</content>
internal sealed partial class CodexClient
{
    // A quiet task is normal; a quiet connection may be a dead one. Resuming costs nothing.
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(60);
    private const int MaxFailures = 8;

    /// <summary>
    /// The events after <paramref name="after"/> as they happen, each once and without a gap, across lost connections and
    /// restarts of the service. Ends when the service says that nothing more will come.
    /// </summary>
    public async IAsyncEnumerable<TaskEventInfo> FollowAsync(
        Guid id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<TaskEventInfo>(new BoundedChannelOptions(256) { SingleReader = true, SingleWriter = true });
        var pump = PumpAsync(id, after, channel.Writer, stop.Token);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pump;
        }
    }

    /// <summary>The event log after <paramref name="after"/> as far as it is written.</summary>
    public Task<TaskEventInfo[]> GetLogAsync(Guid id, long after, int limit, CancellationToken cancellationToken) =>
        GetAsync<TaskEventInfo[]>($"/api/tasks/{id}/log?after={after}&limit={limit}", cancellationToken);

    private async Task PumpAsync(Guid id, long after, ChannelWriter<TaskEventInfo> writer, CancellationToken cancellationToken)
    {
        try
        {
            var position = new Position(after);
            while (!await ReadStreamAsync(id, position, writer, cancellationToken))
            {
                if (++position.Failures > MaxFailures)
                {
                    throw new CliException($"The connection to {Address.Url} broke {MaxFailures} times in a row. The task is kept: ./codex watch {id} follows it again.");
                }

                var pause = TimeSpan.FromMilliseconds(Math.Min(5000, 100 * Math.Pow(2, position.Failures - 1)));
                await Task.Delay(pause, time, cancellationToken);
            }

            writer.Complete();
        }
        catch (Exception problem) when (problem is CliException or OperationCanceledException)
        {
            writer.TryComplete(problem);
        }
    }

    /// <summary>Reads one connection to its end; true when the log is complete.</summary>
    private async Task<bool> ReadStreamAsync(
        Guid id, Position position, ChannelWriter<TaskEventInfo> writer, CancellationToken cancellationToken)
    {
        using var quiet = new CancellationTokenSource(QuietLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, quiet.Token);
        try
        {
            using var response = await SendAsync(safe, () => EventRequest(id, position.Last), either.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(either.Token))
            {
                quiet.CancelAfter(QuietLimit);
                if (item.EventType == "end")
                {
                    return true;
                }

                if (item.EventType == "event")
                {
                    await DeliverAsync(id, Parse(item.Data), position, writer, either.Token);
                }
            }

            return false;
        }
        catch (OperationCanceledException) when (quiet.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            position.Failures = 0;
            return false;
        }
        catch (Exception problem) when (problem is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task DeliverAsync(
        Guid id, TaskEventInfo item, Position position, ChannelWriter<TaskEventInfo> writer, CancellationToken cancellationToken)
    {
        while (item.Seq > position.Last + 1)
        {
            // The stream skipped something: the log has it.
            var missing = await GetLogAsync(id, position.Last, (int)Math.Min(200, item.Seq - position.Last - 1), cancellationToken);
            if (missing.Length == 0)
            {
                break;
            }

            foreach (var one in missing.Where(one => one.Seq > position.Last && one.Seq < item.Seq))
            {
                await writer.WriteAsync(one, cancellationToken);
                position.Last = one.Seq;
            }
        }

        if (item.Seq > position.Last)
        {
            await writer.WriteAsync(item, cancellationToken);
            position.Last = item.Seq;
            position.Failures = 0;
        }
    }

    private HttpRequestMessage EventRequest(Guid id, long last)
    {
        var request = Request(HttpMethod.Get, $"/api/tasks/{id}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (last > 0)
        {
            request.Headers.Add("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    private TaskEventInfo Parse(string data)
    {
        try
        {
            return JsonSerializer.Deserialize<TaskEventInfo>(data, JsonConventions.Options) ?? throw new JsonException("empty");
        }
        catch (JsonException problem)
        {
            throw new CliException($"{Address.Url} does not answer as a Codex service of this version does.", problem);
        }
    }

    private sealed class Position(long last)
    {
        public long Last { get; set; } = last;

        public int Failures { get; set; }
    }
}
