using System.Net;
using System.Net.Sockets;

namespace CodexService.Testing;

/// <summary>
/// Ports on 127.0.0.1 that are free now and taken later, or given up and taken again. The system hands them to nobody meanwhile,
/// as it does with those that it chooses by itself, for listeners at port 0 and for connections.
/// </summary>
internal static class KeptPort
{
    // Linux chooses from 32768 on, macOS from 49152.
    private const int First = 20_000;
    private const int End = 32_000;

    public static int Find()
    {
        using var listener = Listen();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static TcpListener Listen()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(First, End));
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                listener.Dispose();
            }
        }
    }
}
