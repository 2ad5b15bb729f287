using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.ExceptionServices;

namespace CodexService.Sandbox.Supervisor;

/// <summary>One command on a connection, from its first frame to its exit frame.</summary>
internal sealed class CommandExecution(
    SupervisorConnection connection, uint number, SandboxCommand command, TimeSpan timeout, long outputBytes, TimeProvider time) : IDisposable
{
    /// <summary>
    /// The supervisor ends a command by itself. When its answer is this late it is not in a state to be waited for,
    /// and the sandbox is given up.
    /// </summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(30);

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _error = new();
    private readonly CancellationTokenSource _watchdog = new(timeout + AnswerGrace, time);
    private readonly CancellationTokenSource _inputEnd = new();
    private readonly SemaphoreSlim _credited = new(0);
    private readonly Lock _gate = new();
    private Task _stopping = Task.CompletedTask;
    private ExceptionDispatchInfo? _callerFault;
    private bool _stopAsked;
    private long _credit = SupervisorProtocol.InputWindow;

    public ReadOnlyMemory<byte> Output => _output.WrittenMemory;

    public ReadOnlyMemory<byte> Error => _error.WrittenMemory;

    /// <summary>What it tried to reach.</summary>
    public NetworkAttempts Network { get; private set; } = connection.Recordable;

    /// <summary>The exit frame was read: the connection stands where the next command can begin.</summary>
    public bool IsInStep { get; private set; }

    /// <summary>Runs to the exit frame. When the caller gives up, its processes are dead before this throws.</summary>
    public async Task<CommandExit> RunAsync(byte[] script, CancellationToken cancellationToken)
    {
        await using var guard = _watchdog.Token.UnsafeRegister(static state => ((SupervisorConnection)state!).Dispose(), connection);
        CommandExit exit;
        try
        {
            exit = await ExchangeAsync(script, cancellationToken);
            IsInStep = true;
        }
        catch (SandboxException e) when (_watchdog.IsCancellationRequested)
        {
            throw new SandboxException("The sandbox was removed because it no longer answered.", e);
        }

        _callerFault?.Throw();
        if (exit.Reason == EndReason.Cancelled)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return exit;
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _inputEnd.Dispose();
        _credited.Dispose();
    }

    private byte[] RunPayload(byte[] script)
    {
        var payload = new byte[17 + script.Length];
        BinaryPrimitives.WriteInt64BigEndian(payload, (long)Math.Max(1, timeout.TotalMilliseconds));
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(8), outputBytes);
        payload[16] = command.StandardInput is null ? (byte)0 : (byte)1;
        script.CopyTo(payload, 17);
        return payload;
    }

    private async Task<CommandExit> ExchangeAsync(byte[] script, CancellationToken cancellationToken)
    {
        var input = Task.CompletedTask;
        try
        {
            try
            {
                await connection.WriteAsync(FrameKind.Run, number, RunPayload(script));
            }
            catch (SandboxException)
            {
                // The sandbox may have said why it ended before its end closed the connection.
                await connection.ReadAsync(CancellationToken.None);
                throw;
            }

            if (command.StandardInput is not null)
            {
                input = SendInputAsync(command.StandardInput);
            }

            await using var registration = cancellationToken.UnsafeRegister(static state => ((CommandExecution)state!).Stop(), this);
            return await ReadToExitAsync();
        }
        catch
        {
            // Nobody reads any more; what still writes must not wait for the sandbox.
            connection.Dispose();
            throw;
        }
        finally
        {
            if (command.StandardInput is not null)
            {
                await _inputEnd.CancelAsync();
                await input;
            }

            await _stopping;
        }
    }

    private async Task<CommandExit> ReadToExitAsync()
    {
        while (true)
        {
            var frame = await connection.ReadAsync(CancellationToken.None);
            switch (frame.Kind)
            {
                case FrameKind.StandardOutput:
                    Keep(_output, frame.Payload);
                    Report(frame.Payload);
                    break;
                case FrameKind.StandardError:
                    Keep(_error, frame.Payload);
                    break;
                case FrameKind.Credit when frame.Payload.Length == 8 && IsMine(frame.Payload):
                    Interlocked.Add(ref _credit, BinaryPrimitives.ReadInt32BigEndian(frame.Payload.Span[4..]));
                    _credited.Release();
                    break;
                case FrameKind.Network when IsMine(frame.Payload) && NetworkFrame.Read(frame.Payload.Span[sizeof(uint)..], connection.Recordable) is { } tried:
                    Network = tried;
                    break;
                case FrameKind.Exit when frame.Payload.Length == SupervisorProtocol.ExitSize && IsMine(frame.Payload):
                    return CommandExit.Parse(frame.Payload.Span);
                default:
                    throw new SandboxException("The sandbox was removed because its supervisor spoke out of turn.");
            }
        }
    }

    private bool IsMine(ReadOnlyMemory<byte> payload) => payload.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(payload.Span) == number;

    // The supervisor cuts at the limit; this service's memory must not depend on that.
    private void Keep(ArrayBufferWriter<byte> target, ReadOnlyMemory<byte> chunk)
    {
        if (_output.WrittenCount + _error.WrittenCount + (long)chunk.Length > outputBytes)
        {
            throw new SandboxException("The sandbox was removed because it sent more output than its limit.");
        }

        target.Write(chunk.Span);
    }

    private void Report(ReadOnlyMemory<byte> chunk)
    {
        if (command.OnStandardOutput is null || _callerFault is not null)
        {
            return;
        }

        try
        {
            command.OnStandardOutput(chunk);
        }
        catch (Exception e)
        {
            Fault(e);
        }
    }

    private async Task SendInputAsync(Stream source)
    {
        const int Head = SupervisorProtocol.NumberedHeaderSize;
        var frame = ArrayPool<byte>.Shared.Rent(Head + SupervisorProtocol.InputChunk);
        try
        {
            int count;
            while ((count = await source.ReadAsync(frame.AsMemory(Head, SupervisorProtocol.InputChunk), _inputEnd.Token)) > 0)
            {
                while (Interlocked.Read(ref _credit) < count)
                {
                    await _credited.WaitAsync(_inputEnd.Token);
                }

                Interlocked.Add(ref _credit, -count);
                await connection.WriteInPlaceAsync(FrameKind.Input, number, frame.AsMemory(0, Head + count));
            }

            await connection.WriteAsync(FrameKind.InputEnd, number, ReadOnlyMemory<byte>.Empty);
        }
        catch (OperationCanceledException) when (_inputEnd.IsCancellationRequested)
        {
            // The command ended before it had read everything.
        }
        catch (SandboxException)
        {
            // The reader sees the same end of the connection and reports it.
        }
        catch (Exception e)
        {
            Fault(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>The caller's own stream or callback failed: the command ends, and the caller gets its error.</summary>
    private void Fault(Exception e)
    {
        _callerFault ??= ExceptionDispatchInfo.Capture(e);
        Stop();
    }

    private void Stop()
    {
        lock (_gate)
        {
            if (!_stopAsked)
            {
                _stopAsked = true;
                _watchdog.CancelAfter(AnswerGrace);
                _stopping = SendCancelAsync();
            }
        }
    }

    private async Task SendCancelAsync()
    {
        try
        {
            await connection.WriteAsync(FrameKind.Cancel, number, ReadOnlyMemory<byte>.Empty);
        }
        catch (SandboxException)
        {
            // The reader sees the same end of the connection and reports it.
        }
    }
}
