using CodexService.Testing;

namespace CodexService.Integration.Tests.Stack;

/// <summary>Leases of workers that were killed. A lease so short that a test can wait for its end is lost on a busy machine by workers that live.</summary>
internal static class Leases
{
    /// <summary>As if the time of every lease were over.</summary>
    public static Task RunOutAsync(string database) => Sql.ExecuteAsync(database, "UPDATE attempts SET lease_until = clock_timestamp() WHERE state = 'Running'");
}
