using CodexService.GitHub.Webhooks;

namespace CodexService.Api.Webhooks;

/// <summary>Reads the raw body of a delivery and signs it along the way. Disposed when the body is no longer held.</summary>
internal sealed class DeliveryBody(HttpRequest request, SignatureCheck check, LargeBodies large) : IDisposable
{
    private IDisposable? place;

    /// <summary>The body; <see langword="null"/> when it is longer than <paramref name="limit"/> bytes.</summary>
    public async Task<byte[]?> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        // Above the limit by one, so that one byte too many is seen. Who announces a large body has to send some of it before memory
        // is set aside for the rest.
        var most = (int)Math.Min(request.ContentLength ?? limit + 1, limit + 1);
        var buffer = GC.AllocateUninitializedArray<byte>(Math.Min(most, LargeBodies.Small));
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
                Array.Resize(ref buffer, request.ContentLength is null ? Math.Min(2 * buffer.Length, most) : most);
            }

            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return buffer[..length];
            }

            check.Append(buffer.AsSpan(length, read));
            length += read;
            if (length > limit)
            {
                return null;
            }
        }
    }

    public void Dispose() => place?.Dispose();
}
