namespace CodexService.Api.Webhooks;

/// <summary>
/// Keeps what anybody may send here from filling the memory: of bodies above <see cref="Small"/> a few are held at once. Usual
/// deliveries are far below that, and never wait. Thread-safe.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    /// <summary>Bytes up to which a body needs no place.</summary>
    public const int Small = 1 << 20;

    /// <summary>Large bodies at once: 200 MiB of the longest ones.</summary>
    public const int AtOnce = 8;

    private readonly SemaphoreSlim places = new(AtOnce);

    /// <summary>A place, to be disposed when the body is no longer held.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        return new Place(places);
    }

    public void Dispose() => places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? held = places;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
