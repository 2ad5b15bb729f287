using System.Diagnostics;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>Repositories that are large or strange are worked on like any other.</summary>
public sealed class RepositoryShapeTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output)
{
    // About 25 s on two quiet cores; the limit is for machines that do other work, too.
    private static readonly TimeSpan LargeLimit = TimeSpan.FromMinutes(7);

    [Fact]
    public async Task Repository_Of300Megabytes_IsRepaired()
    {
        using var repository = TestRepository.WithFailingPythonTest();
        var random = new Random(1);
        var block = new byte[3 << 20];
        Directory.CreateDirectory(Path.Combine(repository.Path, "data"));
        for (var i = 0; i < 100; i++)
        {
            random.NextBytes(block);
            await File.WriteAllBytesAsync(Path.Combine(repository.Path, "data", $"{i:000}.bin"), block);
        }

        repository.Git("-c", "core.compression=0", "add", "-A");
        repository.Git("commit", "-q", "-m", "Large files");
        var clock = Stopwatch.StartNew();
        var task = await Api.SuccessAsync(await SubmitAsync(repository, timeoutSeconds: 600));
        foreach (var entry in await Api.LogAsync(task.Summary.Id))
        {
            Output.WriteLine($"{(entry.At - task.Summary.CreatedAt).TotalSeconds,6:0.0} s {entry.Message}");
        }

        Output.WriteLine($"300 MB: {clock.Elapsed.TotalSeconds:0.0} s from submission to pull request");
        Assert.True(clock.Elapsed < LargeLimit, $"it took {clock.Elapsed}");
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);
    }

    [Fact]
    public async Task Repository_WithOddNamesLinksAndSubmodules_IsRepairedAndOtherwiseUntouched()
    {
        using var module = TestRepository.With(("inside.py", "VALUE = 1\n"));
        using var repository = TestRepository.WithFailingPythonTest();
        repository.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", module.Path, "third party/module");
        repository.Commit(
            "Odd names",
            ("grüße/日本語 🚀.txt", "hello\n"),
            ("two\nlines.txt", "newline in the name\n"),
            ("tab\tand \"quotes\".txt", "quoting\n"),
            ("-rf", "looks like an option\n"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "absolute"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "upwards"), "../../../../../../etc/hostname");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "dangling"), "nowhere/at all");
        repository.Commit("Links that point outside");

        var task = await Api.SuccessAsync(await SubmitAsync(repository));
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);
        Assert.Equal("calculator.py", repository.Git("diff", "--name-only", "main", task.Branch!).Trim());
    }
}
