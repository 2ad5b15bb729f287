using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using CodexService.Models.Configuration;
using CodexService.Models.Providers;

namespace CodexService.Models.Counting;

/// <summary>
/// The tokenizer behind <c>POST /tokenize</c> (vLLM, SGLang, llama.cpp). Texts are counted in the background, one after the
/// other, and remembered by their hash; an endpoint that has none is asked once. Thread-safe.
/// </summary>
internal sealed class EndpointTokenizer : IDisposable
{
    private const int MostRemembered = 20_000;
    private const int MostWaiting = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ModelOptions model;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<(int Length, int Hash), int> counted = new();
    private readonly Channel<string> waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private Task working = Task.CompletedTask;
    private volatile bool isThere = true;
    private bool takesContent;
    private int failures;

    /// <summary>Creates one; it owns <paramref name="http"/>. Nothing is asked yet.</summary>
    public EndpointTokenizer(ModelOptions model, HttpClient http, TimeProvider time)
    {
        this.model = model;
        this.http = http;
        this.time = time;
    }

    /// <summary>Completes when nothing is left to count.</summary>
    public Task Settled
    {
        get
        {
            lock (gate)
            {
                return working;
            }
        }
    }

    /// <summary>The exact count when it is known; otherwise it will be soon.</summary>
    public int? Find(string text)
    {
        if (!isThere)
        {
            return null;
        }

        if (counted.TryGetValue(Key(text), out var count))
        {
            return count;
        }

        if (waiting.Writer.TryWrite(text))
        {
            lock (gate)
            {
                if (working.IsCompleted)
                {
                    working = Task.Run(WorkAsync, stopping.Token);
                }
            }
        }

        return null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        stopping.Cancel();
        http.Dispose();
        stopping.Dispose();
    }

    private static (int Length, int Hash) Key(string text) => (text.Length, text.GetHashCode(StringComparison.Ordinal));

    private async Task WorkAsync()
    {
        while (isThere && Next() is { } text)
        {
            if (counted.ContainsKey(Key(text)))
            {
                continue;
            }

            try
            {
                using var limit = new CancellationTokenSource(Patience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping.Token);
                if (await AskAsync(text, either.Token) is { } count)
                {
                    Remember(text, count);
                    failures = 0;
                }
                else
                {
                    isThere = false;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException or EndpointException or ObjectDisposedException)
            {
                // A guest, never a condition: the estimate goes on. Not there, or not there often, is not asked again.
                isThere = e is not EndpointException { Status: 401 or 403 or 404 or 405 or 501 } && ++failures < 3 && !stopping.IsCancellationRequested;
            }
        }
    }

    private string? Next()
    {
        lock (gate)
        {
            if (waiting.Reader.TryRead(out var text))
            {
                return text;
            }

            // Under the lock, so that a text written meanwhile finds the work ended and starts it again.
            working = Task.CompletedTask;
            return null;
        }
    }

    private void Remember(string text, int count)
    {
        if (counted.Count >= MostRemembered)
        {
            counted.Clear();
        }

        counted[Key(text)] = count;
    }

    private async Task<int?> AskAsync(string text, CancellationToken cancellationToken)
    {
        if (!takesContent)
        {
            var count = await CountAsync(new { model = model.Model, prompt = text, add_special_tokens = false }, cancellationToken);
            if (count is > 0)
            {
                return count;
            }
        }

        var other = await CountAsync(new { content = text, add_special = false }, cancellationToken);
        takesContent = other is > 0;
        return other is > 0 ? other : null;
    }

    // vLLM answers a count and the tokens, llama.cpp the tokens; llama.cpp answers none when the text came under another name.
    private async Task<int?> CountAsync(object question, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync(Address(), question, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return answer.ValueKind != JsonValueKind.Object ? null
            : answer.TryGetProperty("count", out var count) && count.TryGetInt32(out var value) ? value
            : answer.TryGetProperty("tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Array ? tokens.GetArrayLength()
            : null;
    }

    private Uri Address()
    {
        var root = model.Url.AbsoluteUri.TrimEnd('/');
        return new Uri((root.EndsWith("/v1", StringComparison.Ordinal) ? root[..^3] : root) + "/tokenize");
    }
}
