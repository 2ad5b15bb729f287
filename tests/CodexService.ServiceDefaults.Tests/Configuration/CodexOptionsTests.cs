using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.ServiceDefaults.Tests.Configuration;

public sealed class CodexOptionsTests
{
    [Fact]
    public void From_Nothing_HasTheDefaults()
    {
        var options = Read();
        Assert.Null(options.Database);
        Assert.Null(options.RabbitMq);
        Assert.Equal((8080, "auto"), (options.Port, options.Brain));
        Assert.EndsWith("/.local/share/codex-service", options.Data, StringComparison.Ordinal);
        Assert.True(Path.IsPathFullyQualified(options.Data));
    }

    [Fact]
    public void From_ShortNameAndKey_TakesTheShortName()
    {
        var options = Read(("Codex:Port", "9000"), ("CODEX_PORT", "9001"), ("Codex:Brain", "Repair"), ("Codex:RabbitMq", "amqps://u:p@mq/v"), ("CODEX_DATABASE", " Host=db "));
        Assert.Equal((9001, "repair", "Host=db"), (options.Port, options.Brain, options.Database));
        Assert.Equal(new Uri("amqps://u:p@mq/v"), options.RabbitMq);
    }

    [Fact]
    public void From_EmptyShortName_TakesTheKey() => Assert.Equal(9000, Read(("CODEX_PORT", ""), ("Codex:Port", "9000")).Port);

    [Fact]
    public void From_RelativeData_BecomesAbsolute() => Assert.Equal(Path.GetFullPath("state"), Read(("CODEX_DATA", "state")).Data);

    [Theory]
    [InlineData("CODEX_PORT", "eighty", "CODEX_PORT is \"eighty\": it has to be a number from 0 to 65535.")]
    [InlineData("CODEX_PORT", "65536", "CODEX_PORT is \"65536\": it has to be a number from 0 to 65535.")]
    [InlineData("CODEX_PORT", "-1", "CODEX_PORT is \"-1\": it has to be a number from 0 to 65535.")]
    [InlineData("CODEX_BRAIN", "genius", "CODEX_BRAIN is \"genius\": it has to be auto, model or repair.")]
    [InlineData("CODEX_RABBITMQ", "localhost:5672", "CODEX_RABBITMQ is not a broker address: it looks like amqp://user:password@host:5672/vhost.")]
    [InlineData("CODEX_RABBITMQ", "http://u:hunter2@mq/", "CODEX_RABBITMQ is not a broker address: it looks like amqp://user:password@host:5672/vhost.")]
    [InlineData("CODEX_RABBITMQ", "not an address", "CODEX_RABBITMQ is not a broker address: it looks like amqp://user:password@host:5672/vhost.")]
    [InlineData("CODEX_PUBLIC_URL", "codex.example.com", "CODEX_PUBLIC_URL is not the dashboard's address: it looks like https://codex.example.com, without a user, query or fragment.")]
    [InlineData("CODEX_PUBLIC_URL", "https://u:hunter2@codex.example.com", "CODEX_PUBLIC_URL is not the dashboard's address: it looks like https://codex.example.com, without a user, query or fragment.")]
    [InlineData("CODEX_PUBLIC_URL", "https://codex.example.com/?x=1", "CODEX_PUBLIC_URL is not the dashboard's address: it looks like https://codex.example.com, without a user, query or fragment.")]
    public void From_UnusableValue_NamesTheKeyAndTheFixInOneLine(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read((key, value))).Message);

    [Theory]
    [InlineData("https://codex.example.com", "https://codex.example.com/")]
    [InlineData("https://example.com/codex/", "https://example.com/codex/")]
    public void From_PublicUrl_EndsInASlash(string value, string address) => Assert.Equal(address, Read(("CODEX_PUBLIC_URL", value)).PublicUrl!.AbsoluteUri);

    [Fact]
    public void RequireDatabase_NotSet_SaysHowToSetIt()
    {
        var message = Assert.Throws<ConfigurationException>(() => Read().RequireDatabase()).Message;
        Assert.StartsWith("CODEX_DATABASE is not set: give a PostgreSQL connection string", message, StringComparison.Ordinal);
        Assert.Equal("Host=db", Read(("CODEX_DATABASE", "Host=db")).RequireDatabase());
    }

    private static CodexOptions Read(params (string Key, string Value)[] settings) => CodexOptions.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
