using CodexService.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace CodexService.ServiceDefaults.Tests;

public sealed class HostRunnerTests
{
    [Fact]
    public async Task RunAsync_HostEnds_Is0() => Assert.Equal((0, ""), await RunAsync(() => Task.CompletedTask));

    [Fact]
    public async Task RunAsync_FaultForPeople_Is1WithOneLine()
    {
        Assert.Equal((1, "codex-service: CODEX_PORT is wrong\n"), await RunAsync(() => throw new ConfigurationException("CODEX_PORT is wrong")));
        Assert.Equal((1, "codex-service: no server\n"), await RunAsync(() => throw new ForPeopleException()));
        Assert.Equal((1, "codex-service: Api:X is wrong\n"), await RunAsync(() => throw new OptionsValidationException("Api", typeof(object), ["Api:X is wrong"])));
    }

    [Fact]
    public async Task RunAsync_WrongSettings_IsTheirLinesAlone()
    {
        var first = new OptionsValidationException("A", typeof(object), ["DataAnnotation validation failed for 'A' members: 'X' with the error: 'A:X has to be 1.'."]);
        var second = new OptionsValidationException("B", typeof(object), ["B:Y has to be 2."]);
        Assert.Equal((1, "codex-service: A:X has to be 1.\n"), await RunAsync(() => throw first));
        Assert.Equal((1, "codex-service: A:X has to be 1. B:Y has to be 2.\n"), await RunAsync(() => throw new AggregateException(first, second)));
    }

    [Fact]
    public async Task RunAsync_FaultWithLineBreaks_StaysOneLine() =>
        Assert.Equal((1, "codex-service: one two\n"), await RunAsync(() => throw new ConfigurationException("one\ntwo")));

    [Fact]
    public async Task RunAsync_PortTaken_SaysWhatToDo()
    {
        var taken = new IOException("Failed to bind", new AddressInUseException("address 127.0.0.1:8080 is in use."));
        Assert.Equal((1, "codex-service: address 127.0.0.1:8080 is in use: set CODEX_PORT to a free port, or stop what listens there.\n"), await RunAsync(() => throw taken));
    }

    [Fact]
    public async Task RunAsync_Bug_KeepsItsStackTrace() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => HostRunner.RunAsync(() => throw new InvalidOperationException("a bug")));

    private static async Task<(int Code, string Error)> RunAsync(Func<Task> host)
    {
        // The only test class that touches the console's error stream.
        var before = Console.Error;
        using var errors = new StringWriter { NewLine = "\n" };
        Console.SetError(errors);
        try
        {
            return (await HostRunner.RunAsync(host), errors.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    [MessageForPeople]
    private sealed class ForPeopleException() : Exception("no server");
}
