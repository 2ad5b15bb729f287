using CodexService.GitHub.Configuration;

namespace CodexService.GitHub.Tests.Configuration;

public sealed class GitHubHostTests
{
    [Theory]
    [InlineData("https://api.github.com/", "https://github.com/")]
    [InlineData("https://ghe.example.com:8443/api/v3/", "https://ghe.example.com:8443/")]
    public void Of_AnApi_IsTheHostOfItsRepositories(string api, string host) => Assert.Equal(new Uri(host), GitHubHost.Of(new Uri(api)));

    [Theory]
    [InlineData("https://github.com/acme/shop.git")]
    [InlineData("https://github.com/acme/shop")]
    [InlineData("ssh://git@github.com/acme/shop.git")]
    [InlineData("git@github.com:acme/shop.git")]
    public void NameOf_AnAddressOfTheHost_IsOwnerAndName(string address) => Assert.Equal("acme/shop", GitHubHost.NameOf(new Uri("https://github.com"), address)?.ToString());

    [Theory]
    [InlineData("http://github.com/acme/shop.git")]
    [InlineData("https://github.com.example.com/acme/shop.git")]
    [InlineData("https://example.com/github.com/acme/shop.git")]
    [InlineData("https://github.com/acme/shop/more")]
    [InlineData("/srv/github.com/acme/shop")]
    public void NameOf_AnyOtherAddress_IsNone(string address) => Assert.Null(GitHubHost.NameOf(new Uri("https://github.com"), address));
}
