using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CodexService.Sandbox.Supervisor;

/// <summary>
/// Frames in both directions: one byte kind, payload length as big-endian 32-bit, payload. Numbers are big-endian.
/// Commands are numbered, so that what comes late for one (input, a cancel) never touches the next.
/// </summary>
internal enum FrameKind : byte
{
    /// <summary>To the sandbox: number (4), timeout in ms (8), output limit (8), has stdin (1), shell script.</summary>
    Run = 1,

    /// <summary>To the sandbox: number (4), bytes for stdin; at most <see cref="SupervisorProtocol.InputWindow"/> uncredited.</summary>
    Input = 2,

    /// <summary>To the sandbox: number (4). stdin ends.</summary>
    InputEnd = 3,

    /// <summary>To the sandbox: number (4). Kill everything.</summary>
    Cancel = 4,

    /// <summary>From the sandbox: commands are accepted. What it can record of the network (1), see <see cref="NetworkFrame"/>.</summary>
    Ready = 17,

    /// <summary>From the sandbox: bytes.</summary>
    StandardOutput = 18,

    /// <summary>From the sandbox: bytes.</summary>
    StandardError = 19,

    /// <summary>From the sandbox: number (4), count (4) of input bytes that the command took.</summary>
    Credit = 20,

    /// <summary>From the sandbox: number (4), exit code (4), microseconds (8), <see cref="EndReason"/> (1), processes killed for memory (4).</summary>
    Exit = 21,

    /// <summary>From the sandbox: it ends now; <c>lifetime</c> or what failed, as text.</summary>
    Ended = 22,

    /// <summary>From the sandbox, right before an exit: number (4), what the command tried to reach, see <see cref="NetworkFrame"/>.</summary>
    Network = 23,
}

/// <summary>Who ended a command.</summary>
internal enum EndReason : byte
{
    ByItself = 0,
    TimedOut = 1,
    OutputLimit = 2,
    Cancelled = 3,
}

/// <summary>A frame from the sandbox. The payload is valid until the next read.</summary>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>The content of <see cref="FrameKind.Exit"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CommandExit(int Code, TimeSpan Duration, EndReason Reason, int OutOfMemoryKills)
{
    public static CommandExit Parse(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadInt32BigEndian(payload[4..]),
        TimeSpan.FromMicroseconds(BinaryPrimitives.ReadUInt64BigEndian(payload[8..])),
        (EndReason)payload[16],
        BinaryPrimitives.ReadInt32BigEndian(payload[17..]));
}

/// <summary>Sizes of the protocol.</summary>
internal static class SupervisorProtocol
{
    public const int HeaderSize = 5;

    /// <summary>The header and the command's number after it.</summary>
    public const int NumberedHeaderSize = HeaderSize + sizeof(uint);

    public const int ExitSize = 21;

    /// <summary>The supervisor sends at most 64 KiB at once; more means that it is not the supervisor who speaks.</summary>
    public const int MaxPayloadFromSandbox = 64 * 1024;

    /// <summary>Input that may be under way. Credits come in steps of a quarter of it.</summary>
    public const int InputWindow = 1 << 20;

    public const int InputChunk = 128 * 1024;
}
