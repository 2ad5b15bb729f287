using CodexService.Testing;

namespace CodexService.Tasks.Tests.AccessTokens;

public sealed class AccessTokenStoreTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task CreateFirstAsync_SeveralHostsAtOnce_MakeOne()
    {
        var other = OtherProcess;
        var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? Services : other).Tokens.CreateFirstAsync(CancellationToken.None)));
        var token = Assert.Single(tokens, t => t is not null)!;
        Assert.Matches("^cdx_[A-Za-z0-9_-]{43}$", token);
        Assert.True(await Services.Tokens.IsValidAsync(token, CancellationToken.None));
    }

    [Fact]
    public async Task CreateAsync_Stored_IsTheHashAlone()
    {
        var token = await Services.Tokens.CreateAsync("ci", CancellationToken.None);
        var rows = await Sql.RowsAsync(Services.Database, "SELECT t::text FROM access_tokens t");
        Assert.DoesNotContain(rows, row => ((string)row[0]!).Contains(token[4..], StringComparison.Ordinal));
        var hash = await Sql.ScalarAsync<byte[]>(Services.Database, "SELECT hash FROM access_tokens");
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)), hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cdx_")]
    [InlineData("cdx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cdx_' OR 1=1 --                               ")]
    [InlineData("cdx_\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task IsValidAsync_Unknown_IsFalse(string token)
    {
        await Services.Tokens.CreateAsync("ci", CancellationToken.None);
        Assert.False(await Services.Tokens.IsValidAsync(token, CancellationToken.None));
    }
}
