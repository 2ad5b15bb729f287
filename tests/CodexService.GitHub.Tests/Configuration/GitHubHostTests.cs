using CodexService.GitHub.Configuration;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.GitHub.Tests.Configuration;

public sealed class GitHubHostTests
{
    [Theory]
    [InlineData("https://api.github.com/", "https://github.com/")]
    [InlineData("https://ghe.example.com:8443/api/v3/", "https://ghe.example.com:8443/")]
    public void Of_AnApi_IsTheHostOfItsRepositories(string api, string host) => Assert.Equal(new Uri(host), GitHubHost.Of(new Uri(api)));

    [Theory]
    [InlineData("github.example.com/api/v3")]
    [InlineData("localhost:8080")]
    [InlineData("https://ann:secret@github.example.com/api/v3")]
    public void From_AnAddressThatIsNone_SaysTheFixInsteadOfTakingGitHubsOwn(string address)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("GITHUB_API_URL", (string?)address)]).Build();

        Assert.Equal(
            "GITHUB_API_URL has to be an http or https address without a user, such as https://github.example.com/api/v3.",
            Assert.Throws<ConfigurationException>(() => GitHubHost.From(configuration)).Message);
    }

    [Theory]
    [InlineData("https://github.com/acme/shop.git")]
    [InlineData("https://github.com/acme/shop")]
    [InlineData("ssh://git@github.com/acme/shop.git")]
    [InlineData("git@github.com:acme/shop.git")]
    [InlineData("github.com:acme/shop")]
    [InlineData("https://somebody@GitHub.com/acme/shop.git")]
    [InlineData("https://github.com:443/acme/shop.git")]
    public void NameOf_AnAddressOfTheHost_IsOwnerAndName(string address) => Assert.Equal("acme/shop", GitHubHost.NameOf(new Uri("https://github.com"), address)?.ToString());

    [Theory]
    [InlineData("http://github.com/acme/shop.git")]
    [InlineData("https://github.com.example.com/acme/shop.git")]
    [InlineData("https://example.com/github.com/acme/shop.git")]
    [InlineData("https://github.com/acme/shop/more")]
    [InlineData("/srv/github.com/acme/shop")]
    [InlineData("https://evil.example/@github.com/acme/shop")]
    [InlineData("https://evil.example/acme/shop@github.com/acme/shop")]
    [InlineData("https://github.com@evil.example/acme/shop")]
    [InlineData("https://evil.example\\@github.com/acme/shop")]
    [InlineData("https://evil.example#@github.com/acme/shop")]
    [InlineData("https://github.com:444/acme/shop")]
    [InlineData("ssh://evil.example/@github.com/acme/shop")]
    [InlineData("evil.example:@github.com/acme/shop")]
    [InlineData("git@evil.example:github.com/acme/shop")]
    [InlineData("git://github.com/acme/shop")]
    [InlineData("file://github.com/acme/shop")]
    public void NameOf_AnyOtherAddress_IsNoneSoThatNoTokenGoesThere(string address) => Assert.Null(GitHubHost.NameOf(new Uri("https://github.com"), address));
}
