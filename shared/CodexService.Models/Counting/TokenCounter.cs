using System.Text;
using CodexService.Models.Configuration;
using CodexService.Models.Providers;

namespace CodexService.Models.Counting;

/// <summary>
/// Counts a model's tokens without ever waiting: what the endpoint's tokenizer has counted is exact, the rest is an estimate
/// of about 3.6 characters a token, corrected by the ratio between what the endpoint reported and what was estimated for
/// earlier requests. Linear in the text, no allocation. Thread-safe.
/// </summary>
internal sealed class TokenCounter : IDisposable
{
    private const double CharactersPerToken = 3.6;
    private const double TokensPerOtherCharacter = 0.8;
    private const double Least = 0.5;
    private const double Most = 2.0;
    private const double Weight = 0.3;

    // Short texts are not worth a request; their error is a token or two.
    private const int WorthAsking = 64;

    private readonly EndpointTokenizer? tokenizer;
    private readonly Lock gate = new();
    private double ratio = 1.0;
    private bool observed;

    /// <summary>Creates a counter; <paramref name="http"/> is asked for exact counts, <see langword="null"/> only estimates.</summary>
    public TokenCounter(ModelOptions model, HttpClient? http, TimeProvider time) =>
        tokenizer = http is null ? null : new EndpointTokenizer(model, http, time);

    /// <summary>Completes when nothing is left to be counted exactly.</summary>
    internal Task Settled => tokenizer?.Settled ?? Task.CompletedTask;

    /// <summary>Tokens of a text.</summary>
    public int Count(string text)
    {
        if (text.Length >= WorthAsking && tokenizer?.Find(text) is { } exact)
        {
            return exact;
        }

        return Corrected(Estimate(text));
    }

    /// <summary>An estimate, corrected by what was learned.</summary>
    public int Corrected(double estimated) => (int)Math.Ceiling(estimated * Volatile.Read(ref ratio));

    /// <summary>Tokens of a text by its characters alone, uncorrected.</summary>
    public static double Estimate(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
        {
            return text.Length / CharactersPerToken;
        }

        var ascii = 0;
        foreach (var character in text)
        {
            ascii += character < 128 ? 1 : 0;
        }

        return (ascii / CharactersPerToken) + ((text.Length - ascii) * TokensPerOtherCharacter);
    }

    /// <summary>Learns from one request: what was estimated, uncorrected, and what the endpoint reported.</summary>
    public void Learn(double estimated, long reported)
    {
        // Small requests are mostly the chat template's own tokens.
        if (estimated < 100 || reported <= 0)
        {
            return;
        }

        var seen = Math.Clamp(reported / estimated, Least, Most);
        lock (gate)
        {
            Volatile.Write(ref ratio, observed ? (ratio * (1 - Weight)) + (seen * Weight) : seen);
            observed = true;
        }
    }

    /// <inheritdoc />
    public void Dispose() => tokenizer?.Dispose();
}
