using System.Text;
using CodexService.PrivatePostgres.Cluster;

namespace CodexService.PrivatePostgres.Running;

/// <summary>Server settings for one service on one machine, given at every start so that an update reaches old data folders.</summary>
internal static class ServerSettings
{
    // sun_path holds 104 bytes on macOS and 108 on Linux; the socket's own name takes up to 16 of them.
    private const int LongestSocketFolder = 85;

    public static IEnumerable<string> For(ServerFolder folder, int port, bool durable)
    {
        var socketFits = Encoding.UTF8.GetByteCount(folder.Run) <= LongestSocketFolder;
        yield return "listen_addresses=127.0.0.1";
        yield return $"port={port}";
        yield return $"unix_socket_directories={(socketFits ? folder.Run : string.Empty)}";
        yield return "unix_socket_permissions=0700";
        yield return "max_connections=200";
        yield return "shared_buffers=128MB";
        yield return "effective_cache_size=1GB";
        yield return "random_page_cost=1.1";
        yield return "jit=off";
        yield return "timezone=UTC";
        yield return "log_timezone=UTC";

        // No replica reads this server's log: minimal WAL is less to write for the same durability.
        yield return "wal_level=minimal";
        yield return "max_wal_senders=0";
        yield return "wal_compression=on";
        yield return "min_wal_size=80MB";
        yield return "max_wal_size=512MB";
        yield return "checkpoint_timeout=15min";
        yield return $"fsync={(durable ? "on" : "off")}";
        yield return $"synchronous_commit={(durable ? "on" : "off")}";
        yield return $"full_page_writes={(durable ? "on" : "off")}";

        // The supervisor reads stderr; files of the server's own would grow without end.
        yield return "logging_collector=off";
        yield return "log_destination=stderr";
    }
}
