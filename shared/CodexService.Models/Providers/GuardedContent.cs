using System.Net;

namespace CodexService.Models.Providers;

/// <summary>
/// A response body that breaks off when a single line grows beyond all reason (the SDKs would buffer it whole), and, where a
/// stream of events was asked for, when something else comes (the SDKs would read it as an empty stream).
/// </summary>
internal sealed class GuardedContent : HttpContent
{
    private const long LongestLine = 16 * 1024 * 1024;
    private readonly HttpContent inner;
    private readonly string? eventsFor;

    /// <summary>Wraps a body.</summary>
    /// <param name="inner">The body.</param>
    /// <param name="eventsFor">The key, to be kept out of texts, when the body has to be a stream of events; else <see langword="null"/>.</param>
    public GuardedContent(HttpContent inner, string? eventsFor)
    {
        this.inner = inner;
        this.eventsFor = eventsFor;
        foreach (var header in inner.Headers)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    /// <inheritdoc />
    protected override async Task<Stream> CreateContentReadStreamAsync() => new LineGuard(await inner.ReadAsStreamAsync(), eventsFor);

    /// <inheritdoc />
    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new LineGuard(await inner.ReadAsStreamAsync(cancellationToken), eventsFor);

    /// <inheritdoc />
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var guarded = new LineGuard(await inner.ReadAsStreamAsync(), eventsFor);
        await guarded.CopyToAsync(stream);
    }

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = inner.Headers.ContentLength ?? -1;
        return length >= 0;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class LineGuard(Stream source, string? eventsFor) : Stream
    {
        private bool hasBegun = eventsFor is null;
        private long line;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = source.Read(buffer, offset, count);
            Watch(buffer.AsSpan(offset, read));
            return read;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            Watch(buffer.Span[..read]);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                source.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Watch(ReadOnlySpan<byte> read)
        {
            if (!hasBegun && !EventStreamStart.IsBlank(read))
            {
                hasBegun = true;
                EventStreamStart.Require(read, eventsFor);
            }

            var end = read.LastIndexOf((byte)'\n');
            line = end < 0 ? line + read.Length : read.Length - end - 1;
            if (line > LongestLine)
            {
                throw new EndpointException(EndpointFault.TooLarge, $"a single line of more than {LongestLine / 1024 / 1024} MiB");
            }
        }
    }
}
