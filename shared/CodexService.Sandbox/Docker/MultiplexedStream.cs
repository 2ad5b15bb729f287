using System.Buffers.Binary;

namespace CodexService.Sandbox.Docker;

/// <summary>
/// The engine's raw stream after an upgrade: stdin goes out as it is; stdout and stderr come in frames of an
/// eight-byte header (stream, three zeros, length as big-endian 32-bit) and a payload.
/// </summary>
internal sealed class MultiplexedStream(Stream stream, IDisposable connection) : IAttachedStreams
{
    private const int HeaderSize = 8;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _frameLeft;
    private AttachedTarget _target;

    public async ValueTask<AttachedRead> ReadOutputAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_frameLeft == 0)
        {
            while (_end - _start < HeaderSize)
            {
                if (!await FillAsync(cancellationToken))
                {
                    return new AttachedRead(_target, 0);
                }
            }

            var header = _buffer.AsSpan(_start, HeaderSize);
            var length = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
            if (header[0] is not (1 or 2) || length < 0)
            {
                throw new InvalidDataException("the engine's stream is out of step");
            }

            _target = (AttachedTarget)header[0];
            _frameLeft = length;
            _start += HeaderSize;
        }

        if (_start == _end && !await FillAsync(cancellationToken))
        {
            return new AttachedRead(_target, 0);
        }

        var count = Math.Min(Math.Min(_frameLeft, _end - _start), buffer.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer.Span);
        _start += count;
        _frameLeft -= count;
        return new AttachedRead(_target, count);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        stream.WriteAsync(data, cancellationToken);

    public void Dispose()
    {
        stream.Dispose();
        connection.Dispose();
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }
}
