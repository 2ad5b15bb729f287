using CodexService.Verification.Judging;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Tests.Judging;

public sealed class MissingPieceTests
{
    private const string Advice = "name an image that holds it in Sandbox:Image";

    [Theory]
    [InlineData("cargo test", "bash: line 1: cargo: command not found")]
    [InlineData("python3 -m pytest", "E   ModuleNotFoundError: No module named 'flask'")]
    [InlineData("python3 -m pytest", "/usr/bin/python3: No module named tox")]
    [InlineData("npm test", "Error: Cannot find module 'express'")]
    [InlineData("dotnet test", "app.csproj : error NU1101: Unable to find package Serilog.")]
    [InlineData("go test ./...", "go: example.org/x: dial tcp: lookup proxy.example.org: no such host")]
    [InlineData("make test", "curl: (6) Could not resolve host: example.org")]
    [InlineData("pip install -r requirements.txt", "socket.gaierror: [Errno -2] Name or service not known")]
    public void Explain_OutputNamesWhatIsMissing_IsSaidWithTheCommand(string command, string line)
    {
        var said = MissingPiece.Explain("still failing with the patch: x", Run(command, $"some output\n{line}\nmore output\n"));

        Assert.StartsWith($"still failing with the patch: x; '{command}' said: {line.Trim()}; the sandbox seems to lack", said, StringComparison.Ordinal);
        Assert.EndsWith(Advice, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    [Fact]
    public void Explain_ReasonSaysItAlready_IsNotRepeated()
    {
        const string Line = "bash: line 1: cargo: command not found";

        var said = MissingPiece.Explain($"the test command 'cargo test' cannot be run: {Line}", Run("cargo test", Line));

        Assert.Equal($"the test command 'cargo test' cannot be run: {Line}; {MissingPiece.Advice}", said);
    }

    [Theory]
    [InlineData("AssertionError: 1 != 2")]
    [InlineData("Error: Cannot find module './missing'")]
    [InlineData("")]
    public void Explain_OrdinaryFailure_StaysAsItIs(string output) =>
        Assert.Equal("still failing", MissingPiece.Explain("still failing", Run("npm test", output)));

    private static TestRun Run(string command, string output) =>
        new(new EvidenceCommand("after", command, 1, TimeSpan.FromSeconds(1), false, output), Report: null, Limit: null);
}
