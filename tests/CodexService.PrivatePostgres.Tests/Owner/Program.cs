using CodexService.PrivatePostgres;
using Microsoft.Extensions.Logging.Abstractions;

// Holds a private server on the folder given as the only argument until it is killed or its input closes.
await using var server = await PrivatePostgresServer.StartAsync(
    new PrivatePostgresOptions { DataDirectory = args[0], Patience = TimeSpan.FromMinutes(3) }, NullLogger.Instance, CancellationToken.None);
await Console.Out.WriteLineAsync(server.ConnectionString);
await Console.In.ReadLineAsync();
