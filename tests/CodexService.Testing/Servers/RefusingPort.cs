using System.Net;
using System.Net.Sockets;

namespace CodexService.Testing;

/// <summary>A port on 127.0.0.1 that refuses connections. It is taken, so that nothing else begins to listen there meanwhile.</summary>
public sealed class RefusingPort : IDisposable
{
    private readonly Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Takes a free one.</summary>
    public RefusingPort() => taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>The port.</summary>
    public int Number => ((IPEndPoint)taken.LocalEndPoint!).Port;

    /// <inheritdoc />
    public void Dispose() => taken.Dispose();
}
