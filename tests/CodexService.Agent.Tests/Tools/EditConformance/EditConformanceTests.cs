using System.Text;
using System.Text.Json;
using CodexService.Agent.Tools;
using Xunit.Abstractions;

namespace CodexService.Agent.Tests.Tools.EditConformance;

public abstract class EditConformanceTests(ToolSandboxes sandboxes, ITestOutputHelper output) : ToolTest(sandboxes)
{
    [Fact]
    public async Task Edit_OfRealWorldShapes_IsAppliedAsMeantOrNotAtAll()
    {
        var cases = ExactCases.All.Concat(TolerantCases.All).Concat(RefusedCases.All).ToList();
        Assert.Equal(cases.Count, cases.DistinctBy(edit => edit.Name).Count());
        var (asMeant, wellFormed) = (0, 0);
        var wrong = new List<string>();
        var refused = new List<string>();
        foreach (var edit in cases)
        {
            var before = EditCase.Bytes(edit.File);
            await PutAsync(edit.Path, before);
            var outcome = await CallAsync("edit", ("path", edit.Path), ("old", edit.Old), ("new", edit.New), ("all", edit.All));
            var after = await GetBytesAsync(edit.Path);

            wellFormed += edit.Expected is null ? 0 : 1;
            if (edit.Expected is not null && !outcome.IsError && after.AsSpan().SequenceEqual(EditCase.Bytes(edit.Expected)))
            {
                asMeant++;
                Assert.True(outcome.ChangedFiles, edit.Name);
            }
            else if (!outcome.IsError || !after.AsSpan().SequenceEqual(before))
            {
                wrong.Add($"{edit.Name}: {outcome.Text}\n  is {JsonSerializer.Serialize(Encoding.UTF8.GetString(after))}");
            }
            else if (edit.Expected is not null)
            {
                refused.Add($"{edit.Name}: {outcome.Text}");
            }
        }

        output.WriteLine($"{asMeant} of {wellFormed} well-formed edits applied as meant, {cases.Count - wellFormed} others refused, {wrong.Count} applied wrongly");
        refused.ForEach(output.WriteLine);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(cases.Count >= 100 && asMeant >= 0.98 * wellFormed, string.Join('\n', refused));
        Assert.Equal("", await RunAsync("find . -name '.codex-*'"));
    }
}

public sealed class LocalEditConformanceTests(ITestOutputHelper output) : EditConformanceTests(new LocalSandboxes(), output);

public sealed class DockerEditConformanceTests(ITestOutputHelper output) : EditConformanceTests(new DockerSandboxes(), output);
