namespace CodexService.Repositories.Tests;

public sealed class RepositoryAddressTests
{
    [Theory]
    [InlineData("/srv/repo", "/srv/repo")]
    [InlineData("/srv//x/../repo/", "/srv/repo")]
    [InlineData("file:///srv/my%20repo", "/srv/my repo")]
    [InlineData("https://Example.com:443/a/b.git/", "https://example.com/a/b.git")]
    [InlineData("http://example.com:8080/a", "http://example.com:8080/a")]
    [InlineData("ssh://git@example.com:2222/a/b", "ssh://git@example.com:2222/a/b")]
    [InlineData("git://example.com/a", "git://example.com/a")]
    [InlineData("git@github.com:owner/name.git", "git@github.com:owner/name.git")]
    public void Parse_AcceptableAddress_Normalises(string text, string expected) =>
        Assert.Equal(expected, RepositoryAddress.Parse(text).Value);

    [Theory]
    [InlineData("", "missing")]
    [InlineData("   ", "missing")]
    [InlineData("repo", "neither an absolute path nor a clone URL")]
    [InlineData("./repo", "neither")]
    [InlineData("../repo", "neither")]
    [InlineData("~/repo", "neither")]
    [InlineData("-u/srv/repo", "starts with '-'")]
    [InlineData("--upload-pack=touch /tmp/x", "starts with '-'")]
    [InlineData("ext::sh -c touch% /tmp/x", "helper addresses")]
    [InlineData("fd::7", "helper addresses")]
    [InlineData("/srv/a\nb", "control characters")]
    [InlineData("file:///srv/a%0ab", "control characters")]
    [InlineData("ftp://example.com/x", "'ftp' URLs are not supported")]
    [InlineData("file://host/x", "must not name a host")]
    [InlineData("https://example.com", "names only the host")]
    [InlineData("https://example.com/a?x=1", "must not contain")]
    [InlineData("git@example.com:-oProxyCommand=x", "neither")]
    [InlineData("-oProxyCommand=x:path", "starts with '-'")]
    [InlineData("C:\\repo", "neither")]
    public void TryParse_HostileOrWrongText_SaysWhy(string text, string reason)
    {
        Assert.False(RepositoryAddress.TryParse(text, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("https://user:secret@example.com/a")]
    [InlineData("https://secret@example.com/a")]
    [InlineData("ssh://git:secret@example.com/a")]
    public void Parse_EmbeddedPassword_IsNeitherShownNorPartOfTheIdentity(string text)
    {
        var address = RepositoryAddress.Parse(text);

        Assert.DoesNotContain("secret", address.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", address.ToString(), StringComparison.Ordinal);
        if (address.Value.StartsWith("https", StringComparison.Ordinal))
        {
            Assert.True(address.HasCredentials);
            Assert.Equal(RepositoryAddress.Parse("https://example.com/a").CacheKey, address.CacheKey);
        }
    }
}
