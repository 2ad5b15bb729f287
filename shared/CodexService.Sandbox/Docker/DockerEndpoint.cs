using System.Net.Sockets;

namespace CodexService.Sandbox.Docker;

/// <summary>Where the engine listens: <c>unix:///path</c> or <c>tcp://host:port</c>, as in DOCKER_HOST.</summary>
internal sealed class DockerEndpoint
{
    public const string Default = "unix:///var/run/docker.sock";

    private readonly EndPointKind _kind;
    private readonly string _hostOrPath;
    private readonly int _port;

    private DockerEndpoint(string address, EndPointKind kind, string hostOrPath, int port)
    {
        Address = address;
        _kind = kind;
        _hostOrPath = hostOrPath;
        _port = port;
    }

    private enum EndPointKind
    {
        UnixSocket,
        Tcp,
    }

    /// <summary>As people write it.</summary>
    public string Address { get; }

    /// <exception cref="FormatException">The message says what is expected.</exception>
    public static DockerEndpoint Parse(string address)
    {
        if (address.StartsWith("unix://", StringComparison.Ordinal) && address.Length > "unix://".Length)
        {
            return new DockerEndpoint(address, EndPointKind.UnixSocket, address["unix://".Length..], 0);
        }

        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "tcp" or "http" && uri.Host.Length > 0)
        {
            return new DockerEndpoint(address, EndPointKind.Tcp, uri.IdnHost, uri.IsDefaultPort || uri.Port < 0 ? 2375 : uri.Port);
        }

        throw new FormatException($"'{address}' is no Docker address that can be used here: write unix:///path/to/docker.sock or tcp://host:port");
    }

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = _kind == EndPointKind.UnixSocket
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_kind == EndPointKind.UnixSocket)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_hostOrPath), cancellationToken);
            }
            else
            {
                await socket.ConnectAsync(_hostOrPath, _port, cancellationToken);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
