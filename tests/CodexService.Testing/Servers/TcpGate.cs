using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CodexService.Testing;

/// <summary>
/// Stands between a client and a server on this machine and can be shut: then every connection breaks and new ones are
/// refused, as if the server were gone.
/// </summary>
public sealed class TcpGate : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, byte> open = new();
    private volatile TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    /// <summary>Opens a gate to <paramref name="targetPort"/> on 127.0.0.1.</summary>
    public TcpGate(int targetPort)
    {
        TargetPort = targetPort;
        Port = KeptPort.Find();
        Listen(Port);
    }

    /// <summary>Where clients connect, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Where new connections lead, on 127.0.0.1.</summary>
    public int TargetPort { get; set; }

    /// <summary>Breaks every connection and refuses new ones.</summary>
    public async Task ShutAsync()
    {
        var shut = listener;
        listener = null;
        shut?.Stop();
        foreach (var socket in open.Keys)
        {
            socket.Close(0);
        }

        await accepting;
    }

    /// <summary>Lets connections through again, on the same port.</summary>
    public void OpenAgain() => Listen(Port);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await ShutAsync();

    private void Listen(int port)
    {
        var started = new TcpListener(IPAddress.Loopback, port);
        started.Start();
        listener = started;
        accepting = AcceptAsync(started);
    }

    private async Task AcceptAsync(TcpListener from)
    {
        var connections = new List<Task>();

        // The socket itself: between two connections a listener that was stopped fails in other ways than a socket that was closed.
        var socket = from.Server;
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await socket.AcceptAsync(), from));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The gate was shut.
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(Socket client, TcpListener from)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        open[near] = open[far] = 0;
        try
        {
            if (listener != from)
            {
                // Shut between taking this connection and noting it, when nobody would have broken it.
                return;
            }

            await far.ConnectAsync(IPAddress.Loopback, TargetPort);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is gone, or the gate was shut meanwhile.
        }
        finally
        {
            open.TryRemove(near, out _);
            open.TryRemove(far, out _);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side closed; the other is closed by the caller.
        }
    }
}
