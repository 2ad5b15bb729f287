using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CodexService.Sandbox.Docker;

namespace CodexService.Sandbox.Supervisor;

/// <summary>Frames over the container's standard streams. One reader at a time; writers queue.</summary>
internal sealed class SupervisorConnection(IAttachedStreams streams, TimeProvider time) : IDisposable
{
    private const int MaxDiagnostics = 2000;

    /// <summary>From the start of the container to its first word; a loaded machine takes seconds, never this long.</summary>
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromMinutes(1);

    private readonly byte[] _buffer = new byte[2 * (SupervisorProtocol.MaxPayloadFromSandbox + SupervisorProtocol.HeaderSize)];
    private readonly StringBuilder _diagnostics = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _start;
    private int _end;

    /// <summary>The container ended without a word; the engine may know why.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What the sandbox can record of the network, with nothing tried yet; known once it is open.</summary>
    public NetworkAttempts Recordable { get; private set; } = NetworkAttempts.NotRecorded;

    /// <summary>Waits until the supervisor accepts commands.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(OpenTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var frame = await ReadAsync(linked.Token);
            if (frame.Kind != FrameKind.Ready)
            {
                throw Garbled();
            }

            Recordable = NetworkFrame.ReadFeatures(frame.Payload.Span);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SandboxException($"The sandbox did not become ready within {OpenTimeout.TotalSeconds:0} s: the machine is overloaded, or the image lacks python3.");
        }
    }

    /// <summary>Reads the next frame. Cancelling leaves the connection unusable.</summary>
    /// <exception cref="SandboxException">The sandbox ended, or what came is no frame.</exception>
    public async ValueTask<Frame> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_end - _start >= SupervisorProtocol.HeaderSize)
            {
                var kind = (FrameKind)_buffer[_start];
                var size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + 1));
                if (kind is < FrameKind.Ready or > FrameKind.Network || size is < 0 or > SupervisorProtocol.MaxPayloadFromSandbox)
                {
                    throw Garbled();
                }

                if (_end - _start - SupervisorProtocol.HeaderSize >= size)
                {
                    var payload = _buffer.AsMemory(_start + SupervisorProtocol.HeaderSize, size);
                    _start += SupervisorProtocol.HeaderSize + size;
                    return kind == FrameKind.Ended ? throw Ended(payload.Span) : new Frame(kind, payload);
                }
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <summary>Sends one numbered frame whole; half a frame would end the sandbox, so it takes no token.</summary>
    public async Task WriteAsync(FrameKind kind, uint number, ReadOnlyMemory<byte> rest)
    {
        var size = SupervisorProtocol.NumberedHeaderSize + rest.Length;
        var frame = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            rest.CopyTo(frame.AsMemory(SupervisorProtocol.NumberedHeaderSize));
            await WriteInPlaceAsync(kind, number, frame.AsMemory(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>The same for a frame whose first <see cref="SupervisorProtocol.NumberedHeaderSize"/> bytes are left for the header.</summary>
    public async Task WriteInPlaceAsync(FrameKind kind, uint number, Memory<byte> frame)
    {
        frame.Span[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(frame.Span[1..], frame.Length - SupervisorProtocol.HeaderSize);
        BinaryPrimitives.WriteUInt32BigEndian(frame.Span[SupervisorProtocol.HeaderSize..], number);
        await _writing.WaitAsync();
        try
        {
            await streams.WriteAsync(frame, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Gone(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => streams.Dispose();

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        AttachedRead read;
        try
        {
            read = await streams.ReadOutputAsync(_buffer.AsMemory(_end), cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Gone(e);
        }
        catch (InvalidDataException)
        {
            throw Garbled();
        }

        if (read.Count == 0)
        {
            throw Gone(null);
        }

        if (read.Target == AttachedTarget.StandardOut)
        {
            _end += read.Count;
        }
        else if (_diagnostics.Length < MaxDiagnostics)
        {
            // The supervisor writes here only when it cannot start.
            _diagnostics.Append(Encoding.UTF8.GetString(_buffer, _end, Math.Min(read.Count, MaxDiagnostics)));
        }
    }

    private SandboxException Gone(Exception? inner)
    {
        IsClosed = true;
        var lines = _diagnostics.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new SandboxException(
            lines.Length == 0 ? "The sandbox is gone: its container ended." : $"The sandbox is gone: its container ended ({lines[^1]}).", inner);
    }

    private static SandboxException Ended(ReadOnlySpan<byte> reason)
    {
        var text = Encoding.UTF8.GetString(reason).ReplaceLineEndings(" ");
        return text == "lifetime"
            ? new SandboxException("The sandbox reached its lifetime and was removed (Sandbox:Lifetime raises it).")
            : new SandboxException($"The sandbox ended because its supervisor failed: {text}.");
    }

    private static SandboxException Garbled() =>
        new("The sandbox was removed because what came from it was not the supervisor's language.");
}
