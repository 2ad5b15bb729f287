using CodexService.Models.Configuration;
using CodexService.Repositories;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Worker.Environments;
using Microsoft.Extensions.Configuration;

namespace CodexService.Worker.Tests.Environments;

public sealed class RepositoryEnvironmentsTests
{
    [Theory]
    [InlineData("https://github.com/acme/shop.git", "acme")]
    [InlineData("https://github.com/ACME/site", "acme")]
    [InlineData("/srv/git/shop", "local")]
    [InlineData("https://github.com/other/shop", null)]
    [InlineData("/srv/git/shop2", null)]
    public void Of_Repository_IsTheFirstThatNamesIt(string repository, string? name)
    {
        var environments = From(
            ("0:Name", "acme"), ("0:Repositories:0", "https://github.com/acme/*"), ("0:Model", "large"),
            ("1:Name", "local"), ("1:Repositories:0", "/srv/git/shop"), ("1:Repositories:1", "https://github.com/acme/shop*"), ("1:Image", "shop:2"));

        Assert.Equal(name, environments.Of(RepositoryAddress.Parse(repository))?.Name);
    }

    [Fact]
    public void From_NothingConfigured_NamesNothing() => Assert.Null(From().Of(RepositoryAddress.Parse("/srv/git/shop")));

    [Theory]
    [InlineData("Environments:0:Name is missing: give the environment a name.", "0:Repositories:0", "/r", "0:Model", "large")]
    [InlineData("Environments:0:Repositories names no repository: give paths or clone URLs, for example https://github.com/acme/*.", "0:Name", "a", "0:Model", "large")]
    [InlineData("Environments:0:Model is \"huge\", which is not configured: it has to be one of small, large.", "0:Name", "a", "0:Repositories:0", "/r", "0:Model", "huge")]
    [InlineData("Environments:0 sets neither Model nor Image: give one of them, or leave the environment out.", "0:Name", "a", "0:Repositories:0", "/r")]
    [InlineData("Environments has A more than once: give each environment a name of its own.", "0:Name", "A", "0:Repositories:0", "/r", "0:Image", "i", "1:Name", "a", "1:Repositories:0", "/r", "1:Image", "i")]
    public void From_NotUsable_NamesTheEntryAndTheFix(string line, params string[] settings) => Assert.Equal(
        line,
        Assert.Throws<ConfigurationException>(() => From([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))])).Message);

    private static RepositoryEnvironments From(params (string Key, string Value)[] settings)
    {
        List<(string Key, string Value)> all = [.. settings.Select(one => ($"Environments:{one.Key}", one.Value))];
        foreach (var (index, name) in new[] { (0, "small"), (1, "large") })
        {
            all.AddRange([($"Models:Named:{index}:Name", name), ($"Models:Named:{index}:Url", "http://gpu.example/v1"), ($"Models:Named:{index}:Model", name)]);
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build();
        return RepositoryEnvironments.From(configuration, ModelsConfiguration.From(configuration));
    }
}
