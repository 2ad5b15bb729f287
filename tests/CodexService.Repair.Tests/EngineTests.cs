using CodexService.Sandbox;

namespace CodexService.Repair.Tests;

/// <summary>The engine's own tests (Engine/*.py), where the engine runs: in the sandbox, in its Python.</summary>
[Collection("repair")]
public sealed class EngineTests(RepairFixture fixture)
{
    [Fact]
    public async Task Engine_OwnTests_Pass()
    {
        var assembly = typeof(EngineTests).Assembly;
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("engine-tests/", StringComparison.Ordinal))
            .ToDictionary(
                name => name["engine-tests/".Length..],
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                },
                StringComparer.Ordinal);
        Assert.NotEmpty(files);
        await using var sandbox = await fixture.OpenAsync(files);
        await sandbox.UploadAsync(EnginePackage.With("{}"u8.ToArray()), "/tmp/engine", CancellationToken.None);

        var run = await sandbox.RunAsync(
            new SandboxCommand("PYTHONPATH=/tmp/engine python3 -m unittest -v") { Timeout = TimeSpan.FromMinutes(10) }, CancellationToken.None);

        Assert.True(run.Succeeded, run.StandardErrorText + run.Error);
    }
}
