using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace CodexService.GitHub.Webhooks;

/// <summary>
/// Leaves out the parts of a delivery's top level that <see cref="WebhookPayload"/> does not name: nearly all of a large one, as a push
/// tells up to 2,048 commits. Those parts are stepped over from one quote or bracket to the next and not read (24 MiB in 50 ms, where the
/// tokens of System.Text.Json take 290 ms as long as they are cold), so what stands in them is not checked to be JSON.
/// </summary>
internal ref struct PayloadTrimmer
{
    private const int LongestName = 64;
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",]} \t\r\n"u8);
    private static readonly HashSet<string> Known =
        WebhookJson.Default.WebhookPayload.Properties.Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly ReadOnlySpan<byte> body;
    private readonly ArrayBufferWriter<byte> kept = new(4096);
    private int at;

    private PayloadTrimmer(ReadOnlySpan<byte> body) => this.body = body;

    /// <summary>The delivery without those parts; <see langword="null"/> when it is no object whose end can be found.</summary>
    /// <param name="body">The delivery, as it was signed.</param>
    public static byte[]? Trim(ReadOnlySpan<byte> body)
    {
        var trimmer = new PayloadTrimmer(body);
        return trimmer.StepOverObject() ? trimmer.kept.WrittenSpan.ToArray() : null;
    }

    private bool StepOverObject()
    {
        var names = Known.GetAlternateLookup<ReadOnlySpan<char>>();
        kept.Write("{"u8);
        for (var next = Take((byte)'{') && !Sees((byte)'}'); next; next = Take((byte)','))
        {
            StepOverSpace();
            var start = at;
            if (!StepOverString())
            {
                return false;
            }

            var name = body[(start + 1)..(at - 1)];
            if (!Take((byte)':') || !StepOverValue())
            {
                return false;
            }

            if (IsKnown(name, names))
            {
                kept.Write(kept.WrittenCount > 1 ? ","u8 : []);
                kept.Write(body[start..at]);
            }
        }

        kept.Write("}"u8);
        if (!Take((byte)'}'))
        {
            return false;
        }

        StepOverSpace();
        return at == body.Length;
    }

    // A name with an escape may be any name.
    private static bool IsKnown(ReadOnlySpan<byte> name, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names)
    {
        Span<char> text = stackalloc char[LongestName];
        return name.Contains((byte)'\\') || (name.Length <= LongestName && names.Contains(text[..Encoding.Latin1.GetChars(name, text)]));
    }

    private bool StepOverValue()
    {
        StepOverSpace();
        if (at == body.Length)
        {
            return false;
        }

        if (body[at] is (byte)'{' or (byte)'[')
        {
            return StepOverBrackets();
        }

        if (body[at] == '"')
        {
            return StepOverString();
        }

        var length = body[at..].IndexOfAny(ScalarEnds);
        at += Math.Max(length, 0);
        return length > 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool StepOverBrackets()
    {
        var depth = 0;
        do
        {
            var length = body[at..].IndexOfAny(Structure);
            if (length < 0)
            {
                return false;
            }

            at += length;
            if (body[at] == '"')
            {
                if (!StepOverString())
                {
                    return false;
                }
            }
            else
            {
                depth += body[at] is (byte)'{' or (byte)'[' ? 1 : -1;
                at++;
            }
        }
        while (depth > 0);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool StepOverString()
    {
        if (at == body.Length || body[at] != '"')
        {
            return false;
        }

        at++;
        while (body[at..].IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var length)
        {
            at += length;
            if (body[at] == '"')
            {
                at++;
                return true;
            }

            at = Math.Min(at + 2, body.Length);
        }

        return false;
    }

    private void StepOverSpace()
    {
        while (at < body.Length && body[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }
    }

    private bool Sees(byte sign)
    {
        StepOverSpace();
        return at < body.Length && body[at] == sign;
    }

    private bool Take(byte sign)
    {
        var isThere = Sees(sign);
        at += isThere ? 1 : 0;
        return isThere;
    }
}
