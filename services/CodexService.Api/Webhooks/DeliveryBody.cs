using System.Buffers;
using CodexService.GitHub.Webhooks;

namespace CodexService.Api.Webhooks;

/// <summary>Reads the raw body of a delivery and signs it along the way. Disposed when the body is no longer used.</summary>
internal sealed class DeliveryBody(HttpRequest request, SignatureCheck check, LargeBodies large) : IDisposable
{
    private IDisposable? place;
    private byte[]? rented;

    /// <summary>The body, until this is disposed; <see langword="null"/> when it is longer than <paramref name="limit"/> bytes.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        // Above the limit by one, so that one byte too many is seen. Who announces a large body has to send some of it before memory
        // is set aside for the rest.
        var most = (int)Math.Min(request.ContentLength ?? limit + 1, limit + 1);
        Memory<byte> buffer = GC.AllocateUninitializedArray<byte>(Math.Min(most, LargeBodies.Small));
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length == request.ContentLength)
                {
                    return buffer;
                }

                place ??= await large.EnterAsync(cancellationToken);
                buffer = Grow(buffer[..length], request.ContentLength is null ? Math.Min(2 * length, most) : most);
            }

            var read = await request.Body.ReadAsync(buffer[length..], cancellationToken);
            if (read == 0)
            {
                return buffer[..length];
            }

            check.Append(buffer.Span.Slice(length, read));
            length += read;
            if (length > limit)
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        Return();
        place?.Dispose();
    }

    // Pooled: to touch new memory for each large body takes as long as to sign it.
    private Memory<byte> Grow(ReadOnlyMemory<byte> read, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length);
        read.CopyTo(larger);
        Return();
        rented = larger;
        return larger.AsMemory(0, length);
    }

    private void Return()
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = null;
        }
    }
}
