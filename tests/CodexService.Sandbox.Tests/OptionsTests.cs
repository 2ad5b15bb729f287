using CodexService.Sandbox.Docker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CodexService.Sandbox.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void AddSandbox_NoConfiguration_HasValidDefaults()
    {
        var options = Read([]);
        Assert.Equal("codex-service/sandbox:1", options.Image);
        Assert.Equal(new SandboxLimits(), options.ToLimits());
    }

    [Fact]
    public void AddSandbox_Configured_ReadsSizesAndTimes()
    {
        var options = Read(new()
        {
            ["Sandbox:Memory"] = "1.5GiB", ["Sandbox:Disk"] = "512m", ["Sandbox:OutputBytes"] = "65536", ["Sandbox:Cpus"] = "0.5",
            ["Sandbox:CommandTimeout"] = "00:01:00", ["DOCKER_HOST"] = "tcp://127.0.0.1:2375",
        });
        Assert.Equal(1536L << 20, options.Memory.Bytes);
        Assert.Equal(512L << 20, options.Disk.Bytes);
        Assert.Equal(65536, options.OutputBytes.Bytes);
        Assert.Equal(0.5, options.Cpus);
        Assert.Equal(TimeSpan.FromMinutes(1), options.CommandTimeout);
        Assert.Equal("tcp://127.0.0.1:2375", options.DockerHost);
    }

    [Theory]
    [InlineData("Sandbox:Memory", "1MiB", "Sandbox:Memory is 1 MiB: set at least 64 MiB.")]
    [InlineData("Sandbox:Disk", "1", "Sandbox:Disk is 1 B: set at least 8 MiB.")]
    [InlineData("Sandbox:Disk", "4GiB", "Sandbox:Disk (4 GiB) counts towards Sandbox:Memory (4 GiB): set it to 7/8 of the memory or less.")]
    [InlineData("Sandbox:Cpus", "0", "Sandbox:Cpus is 0: set a number of cores from 0.01, for example 2.")]
    [InlineData("Sandbox:Cpus", "NaN", "Sandbox:Cpus is NaN: set a number of cores from 0.01, for example 2.")]
    [InlineData("Sandbox:Pids", "1", "Sandbox:Pids is 1: set at least 16.")]
    [InlineData("Sandbox:OutputBytes", "0", "Sandbox:OutputBytes is 0 B: set 1 byte to 1 GiB; it is held in the service's memory.")]
    [InlineData("Sandbox:CommandTimeout", "00:00:00", "Sandbox:CommandTimeout is 00:00:00: set a time above zero and up to 20 days, for example 00:10:00.")]
    [InlineData("Sandbox:Lifetime", "-01:00:00", "Sandbox:Lifetime is -01:00:00: set a time above zero and up to 20 days, for example 01:00:00.")]
    [InlineData("Sandbox:Image", " ", "Sandbox:Image is empty: name an image, for example codex-service/sandbox:1.")]
    [InlineData("Sandbox:Instance", "", "Sandbox:Instance is empty: name this service's sandboxes, for example default.")]
    [InlineData("DOCKER_HOST", "ssh://host", "Sandbox:DockerHost (or DOCKER_HOST): 'ssh://host' is no Docker address that can be used here: write unix:///path/to/docker.sock or tcp://host:port.")]
    public void AddSandbox_BadValue_NamesTheKeyAndTheFix(string key, string value, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(new() { [key] = value }));
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void AddSandbox_UnreadableSize_NamesTheKeyAndShowsASize()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Read(new() { ["Sandbox:Memory"] = "lots" }));
        Assert.Contains("Sandbox:Memory", failure.Message, StringComparison.Ordinal);
        Assert.Contains("4GiB", failure.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("64k", 65536)]
    [InlineData("64 KiB", 65536)]
    [InlineData("2g", 2L << 30)]
    [InlineData("2GB", 2L << 30)]
    [InlineData(" 0.5 MiB ", 524288)]
    [InlineData("1TiB", 1L << 40)]
    public void ByteSize_AsPeopleWriteIt_IsRead(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text).Bytes);

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("-1")]
    [InlineData("1.2.3k")]
    [InlineData("4 gigs")]
    [InlineData("99999999999999999999")]
    [InlineData("9999999999TiB")]
    public void ByteSize_Nonsense_IsRefused(string text) => Assert.Throws<FormatException>(() => ByteSize.Parse(text));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(4L << 30, "4 GiB")]
    public void ByteSize_Format_IsShort(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("unix://")]
    [InlineData("")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("npipe:////./pipe/docker_engine")]
    public void DockerEndpoint_Unusable_IsRefused(string address) => Assert.Throws<FormatException>(() => DockerEndpoint.Parse(address));

    private static SandboxOptions Read(Dictionary<string, string?> values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        using var provider = new ServiceCollection().AddLogging().AddSandbox(configuration).BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<ISandboxFactory>());
        return provider.GetRequiredService<IOptions<SandboxOptions>>().Value;
    }
}
