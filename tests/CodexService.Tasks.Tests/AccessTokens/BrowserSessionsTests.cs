using CodexService.Tasks.AccessTokens;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.AccessTokens;

public sealed class BrowserSessionsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private BrowserSessions Sessions => Services.Get<BrowserSessions>();

    [Fact]
    public async Task OpenAsync_Token_GivesASessionThatIsNotTheTokenAndIsStoredHashed()
    {
        var token = await Services.Tokens.CreateAsync("ann", CancellationToken.None);
        var session = await Sessions.OpenAsync(token, CancellationToken.None);
        Assert.Matches("^cds_[A-Za-z0-9_-]{43}$", session);
        Assert.Equal("ann", await Sessions.FindNameAsync(session!, CancellationToken.None));
        Assert.False(await Services.Tokens.IsValidAsync(session!, CancellationToken.None));
        Assert.Null(await Sessions.FindNameAsync(token, CancellationToken.None));
        var rows = await Sql.RowsAsync(Services.Database, "SELECT s::text FROM browser_sessions s");
        Assert.DoesNotContain(rows, row => ((string)row[0]!).Contains(session![4..], StringComparison.Ordinal) || ((string)row[0]!).Contains(token[4..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cdx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cdx_\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task OpenAsync_UnknownToken_OpensNone(string token)
    {
        await Services.Tokens.CreateAsync("ann", CancellationToken.None);
        Assert.Null(await Sessions.OpenAsync(token, CancellationToken.None));
        Assert.Equal(0, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM browser_sessions"));
    }

    [Fact]
    public async Task FindNameAsync_AfterItsTime_FindsNone_AndTheNextSignInDropsIt()
    {
        var token = await Services.Tokens.CreateAsync("ann", CancellationToken.None);
        var session = (await Sessions.OpenAsync(token, CancellationToken.None))!;
        await Sql.ExecuteAsync(Services.Database, "UPDATE browser_sessions SET expires_at = clock_timestamp()");
        Assert.Null(await Sessions.FindNameAsync(session, CancellationToken.None));
        var next = (await Sessions.OpenAsync(token, CancellationToken.None))!;
        Assert.Equal(1, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM browser_sessions"));
        Assert.Equal("ann", await Sessions.FindNameAsync(next, CancellationToken.None));
    }

    [Fact]
    public async Task EndAsync_OneSession_EndsItAlone()
    {
        var token = await Services.Tokens.CreateAsync("ann", CancellationToken.None);
        var first = (await Sessions.OpenAsync(token, CancellationToken.None))!;
        var second = (await Sessions.OpenAsync(token, CancellationToken.None))!;
        await Sessions.EndAsync(first, CancellationToken.None);
        await Sessions.EndAsync("cds_\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", CancellationToken.None);
        Assert.Null(await Sessions.FindNameAsync(first, CancellationToken.None));
        Assert.Equal("ann", await Sessions.FindNameAsync(second, CancellationToken.None));
    }
}
