using System.Globalization;

namespace CodexService.PrivatePostgres.Running;

/// <summary>
/// The operating-system user that PostgreSQL runs as: the owner itself, or an unprivileged one when the owner is root,
/// because PostgreSQL refuses to run as root.
/// </summary>
internal sealed class ServerAccount
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);
    private readonly string? setpriv;
    private readonly int userId;
    private readonly int groupId;

    private ServerAccount(string? setpriv, string name, int userId, int groupId)
    {
        this.setpriv = setpriv;
        this.userId = userId;
        this.groupId = groupId;
        Name = name;
    }

    /// <summary>User name, for messages.</summary>
    public string Name { get; }

    /// <summary>Whether PostgreSQL runs as somebody other than the owner.</summary>
    public bool IsOther => setpriv is not null;

    public static ServerAccount Resolve()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null, Environment.UserName, -1, -1);
        }

        var become = ProgramPath.Find("setpriv") ?? throw new PrivatePostgresException(
            "PostgreSQL does not run as root, and setpriv (util-linux) to become another user was not found. Start the service as an ordinary user, or set CODEX_DATABASE to a connection string.");
        foreach (var name in new[] { "postgres", "nobody" })
        {
            if (LookUp(name) is var (user, group))
            {
                return new ServerAccount(become, name, user, group);
            }
        }

        throw new PrivatePostgresException(
            "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as. Start the service as an ordinary user, or set CODEX_DATABASE to a connection string.");
    }

    /// <summary>The command line that runs <paramref name="command"/> as this user.</summary>
    public IReadOnlyList<string> Wrap(params IReadOnlyList<string> command) => setpriv is null
        ? command
        : [setpriv, $"--reuid={userId}", $"--regid={groupId}", "--clear-groups", "--no-new-privs", "--", .. command];

    /// <summary>Whether this user can reach what lies in <paramref name="folder"/>.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsOther)
        {
            return true;
        }

        var result = await Tool.RunAsync(Wrap("/bin/sh", "-c", "cd -- \"$1\"", "sh", folder), null, Short, cancellationToken);
        return result.ExitCode == 0;
    }

    /// <summary>Makes this user the owner of <paramref name="folder"/>.</summary>
    public async Task GiveAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsOther)
        {
            return;
        }

        var result = await Tool.RunAsync(["/bin/chown", $"{userId}:{groupId}", folder], null, Short, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new PrivatePostgresException($"Cannot give {folder} to the user {Name}: {result.Error.Trim()}.");
        }
    }

    private static (int User, int Group)? LookUp(string name)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length > 3 && fields[0] == name)
            {
                return (int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
            }
        }

        return null;
    }
}
