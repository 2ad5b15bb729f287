using System.Text;

namespace CodexService.Sandbox.Tests.Conformance;

internal abstract class ReadOnlyTestStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Never ends.</summary>
internal sealed class EndlessStream : ReadOnlyTestStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
}

/// <summary>Fails after the first bytes.</summary>
internal sealed class FailingStream : ReadOnlyTestStream
{
    private bool _read;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read)
        {
            throw new TimeZoneNotFoundException();
        }

        _read = true;
        return ValueTask.FromResult(1);
    }
}

/// <summary>Gives one text as soon as it is known.</summary>
internal sealed class GateStream(Task<string> text) : ReadOnlyTestStream
{
    private bool _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read)
        {
            return 0;
        }

        _read = true;
        return Encoding.UTF8.GetBytes(await text.WaitAsync(cancellationToken), buffer.Span);
    }
}

/// <summary>Gives so many bytes of a pattern.</summary>
internal sealed class PatternStream(long length) : ReadOnlyTestStream
{
    private long _left = length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = (int)Math.Min(buffer.Length, _left);
        buffer.Span[..count].Fill((byte)'x');
        _left -= count;
        return ValueTask.FromResult(count);
    }
}
