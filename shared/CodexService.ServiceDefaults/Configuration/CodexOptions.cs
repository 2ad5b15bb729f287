using Microsoft.Extensions.Configuration;

namespace CodexService.ServiceDefaults.Configuration;

/// <summary>
/// The settings that every host shares. Each has a short name (environment or command line, <c>CODEX_…</c>) and a
/// configuration key (<c>Codex:…</c>); the short name wins.
/// </summary>
public sealed record CodexOptions
{
    /// <summary>PostgreSQL connection string (<c>CODEX_DATABASE</c>, <c>Codex:Database</c>); <see langword="null"/> when none is set.</summary>
    public string? Database { get; init; }

    /// <summary>Broker address, <c>amqp://</c> or <c>amqps://</c> (<c>CODEX_RABBITMQ</c>, <c>Codex:RabbitMq</c>); <see langword="null"/> for the in-memory bus.</summary>
    public Uri? RabbitMq { get; init; }

    /// <summary>Data folder (<c>CODEX_DATA</c>, <c>Codex:Data</c>). Default <c>~/.local/share/codex-service</c>.</summary>
    public required string Data { get; init; }

    /// <summary>Dashboard and API port (<c>CODEX_PORT</c>, <c>Codex:Port</c>), 0 to 65535; 0 picks a free one. Default 8080.</summary>
    public required int Port { get; init; }

    /// <summary>Brain for tasks that ask for <c>auto</c> (<c>CODEX_BRAIN</c>, <c>Codex:Brain</c>): auto, model or repair. Default auto.</summary>
    public required string Brain { get; init; }

    /// <summary>Address of the dashboard for people (<c>CODEX_PUBLIC_URL</c>, <c>Codex:PublicUrl</c>), ends in a slash; <see langword="null"/> leaves links out.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Values are not usable; the message names each key and the fix.</exception>
    public static CodexOptions From(IConfiguration configuration)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        List<string> problems = [];
        List<string> names = [];
        T? Read<T>(string shortName, string key, Func<string?, T> read)
        {
            try
            {
                return read(Value(configuration, shortName, key));
            }
            catch (ConfigurationException problem)
            {
                problems.Add(problem.Message);
                names.AddRange([shortName, key]);
                return default;
            }
        }

        var options = new CodexOptions
        {
            Database = Value(configuration, "CODEX_DATABASE", "Codex:Database"),
            RabbitMq = Read("CODEX_RABBITMQ", "Codex:RabbitMq", Broker),
            Data = Path.GetFullPath(Value(configuration, "CODEX_DATA", "Codex:Data") ?? Path.Combine(home, ".local", "share", "codex-service")),
            Port = Read("CODEX_PORT", "Codex:Port", PortNumber),
            Brain = Read("CODEX_BRAIN", "Codex:Brain", BrainName)!,
            PublicUrl = Read("CODEX_PUBLIC_URL", "Codex:PublicUrl", PublicAddress),
        };
        return problems.Count == 0 ? options : throw new ConfigurationException(string.Join(" ", problems)) { Problems = problems, Settings = names };
    }

    /// <summary>The database, for hosts that cannot bring their own.</summary>
    /// <exception cref="ConfigurationException">It is not set.</exception>
    public string RequireDatabase() => Database
        ?? throw new ConfigurationException("CODEX_DATABASE is not set: give a PostgreSQL connection string, for example \"Host=db;Username=codex;Password=…;Database=codex\".");

    private static string? Value(IConfiguration configuration, string shortName, string key)
    {
        var value = configuration[shortName] is { Length: > 0 } set ? set : configuration[key];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    private static Uri? Broker(string? value)
    {
        if (value is null)
        {
            return null;
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"
            ? uri
            : throw new ConfigurationException("CODEX_RABBITMQ is not a broker address: it looks like amqp://user:password@host:5672/vhost.");
    }

    private static Uri? PublicAddress(string? value) => value switch
    {
        null => null,
        _ when Uri.TryCreate(value.TrimEnd('/') + "/", UriKind.Absolute, out var uri)
            && uri is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } => uri,
        _ => throw new ConfigurationException("CODEX_PUBLIC_URL is not the dashboard's address: it looks like https://codex.example.com, without a user, query or fragment."),
    };

    private static int PortNumber(string? value) => value switch
    {
        null => 8080,
        _ when int.TryParse(value, out var port) && port is >= 0 and <= 65535 => port,
        _ => throw new ConfigurationException($"CODEX_PORT is \"{value}\": it has to be a number from 0 to 65535."),
    };

    private static string BrainName(string? value) => value?.ToLowerInvariant() switch
    {
        null or "auto" => "auto",
        "model" => "model",
        "repair" => "repair",
        _ => throw new ConfigurationException($"CODEX_BRAIN is \"{value}\": it has to be auto, model or repair."),
    };
}

/// <summary>A setting is not usable. The message is one line for people: which, and what to do.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ConfigurationException(string message)
        : base(message)
    {
        Problems = [message];
    }

    /// <summary>One line for each setting, where the message is about several.</summary>
    public IReadOnlyList<string> Problems { get; init; }

    /// <summary>The keys that hold what cannot be used, where who threw it knows them.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
