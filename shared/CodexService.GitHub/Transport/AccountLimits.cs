namespace CodexService.GitHub.Transport;

/// <summary>
/// Until when GitHub wants no calls of an account, for all who call in its name: who goes on calling during a limit may be shut out
/// (docs.github.com, "Best practices for using the REST API"). Limits are counted per account, not per token: all tokens of an
/// App's installation share theirs. Thread-safe.
/// </summary>
internal sealed class AccountLimits(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Account, DateTimeOffset Expires)> accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);

    /// <summary>Notes whose token it is. One that is not known is an account of its own.</summary>
    public void Know(string token, string account, DateTimeOffset expires)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var old in accounts.Where(one => one.Value.Expires < now).Select(one => one.Key).ToList())
            {
                accounts.Remove(old);
            }

            accounts[token] = (account, expires);
        }
    }

    /// <summary>No call for so long from now; a later end that is known stays.</summary>
    public void Block(string? token, TimeSpan pause)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var old in ends.Where(one => one.Value <= now).Select(one => one.Key).ToList())
            {
                ends.Remove(old);
            }

            var (account, end) = (Account(token), now + pause);
            if (end > now && !(ends.TryGetValue(account, out var known) && known >= end))
            {
                ends[account] = end;
            }
        }
    }

    /// <summary>How long to wait before the next call; zero when it may be made.</summary>
    public TimeSpan Pause(string? token)
    {
        lock (gate)
        {
            // A longer one was noted before the clock was set back.
            var left = ends.GetValueOrDefault(Account(token)) - time.GetUtcNow();
            return left > TimeSpan.Zero && left <= RateLimits.Longest ? left : TimeSpan.Zero;
        }
    }

    private string Account(string? token) => token is null ? "" : accounts.TryGetValue(token, out var known) ? known.Account : token;
}
