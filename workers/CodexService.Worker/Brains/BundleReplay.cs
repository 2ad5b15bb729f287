using System.Globalization;
using CodexService.Agent;
using CodexService.Agent.Journal;
using CodexService.Contracts;
using CodexService.Models.Configuration;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Sandbox;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Verification;
using CodexService.Verification.Export;
using CodexService.Worker.Attempts;
using CodexService.Worker.Environments;

namespace CodexService.Worker.Brains;

/// <summary>Replays a recorded attempt in a sandbox of this machine; the part of <c>./codex replay</c> that needs the programs.</summary>
public static class BundleReplay
{
    /// <summary>First argument of a host that is to replay a bundle instead of running: then the file, <c>--repo</c> and an address, <c>--prompts</c>.</summary>
    public const string Argument = "replay-bundle";

    private const int Differs = 2;
    private const int MostLines = 40;

    /// <summary>Runs as a process of its own. Writes the comparison on stdout, and what a person can mend in one line on stderr.</summary>
    /// <returns>The exit code: 0 when everything is as recorded, 2 when something differs, 1 after an error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var same = false;
        var code = await HostRunner.RunAsync(async () =>
        {
            try
            {
                same = await ReplayAsync(args, Console.Out, CancellationToken.None);
            }
            catch (Exception e) when (e is SandboxException or RepositoryException or BrainException or PatchExportException or InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new ConfigurationException(e.Message);
            }
        });
        return code == 0 && !same ? Differs : code;
    }

    private static async Task<bool> ReplayAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        var file = args.ElementAtOrDefault(1) ?? throw new ConfigurationException($"{Argument} needs the file of a replay bundle.");
        var repository = Array.IndexOf(args, "--repo") is > 0 and var at ? args.ElementAtOrDefault(at + 1) : null;
        ReplayBundle bundle;
        await using (var stream = File.OpenRead(file))
        {
            bundle = await ReplayBundle.ReadAsync(stream, cancellationToken);
        }

        if ((repository ?? bundle.Repository).Length == 0 || bundle.BaseCommit.Length == 0)
        {
            throw new ConfigurationException(bundle.BaseCommit.Length == 0
                ? "the replay bundle names no base commit: its attempt ended before the repository was checked out"
                : "the replay bundle names no repository: give one with --repo");
        }

        var configuration = Host.CreateApplicationBuilder().Configuration;

        // A service on the same engine must not take this sandbox for an orphan of its own.
        configuration["Sandbox:Instance"] = $"replay-{Environment.ProcessId}-{Guid.NewGuid():N}"[..30];
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddRepositories()
            .AddSandbox(configuration)
            .AddVerification()
            .AddBundleReplay(configuration)
            .AddSandboxOpening()
            .BuildServiceProvider();
        var address = RepositoryAddress.Parse(repository ?? bundle.Repository);
        var commit = (await services.GetRequiredService<RepositoryCheckout>().ResolveAsync(address, bundle.BaseCommit, cancellationToken)).Commit;
        await using var sandbox = await services.GetRequiredService<SandboxOpening>().OpenAsync(
            new SandboxSource(address, commit, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1), TimeSpan.FromHours(1), RepositoryEnvironments.From(configuration, ModelsConfiguration.From(configuration)).Of(address)), cancellationToken);

        var replayer = services.GetRequiredService<BundleReplayer>();
        var opening = args.Contains("--prompts", StringComparer.Ordinal) ? await replayer.CompareOpeningAsync(bundle, sandbox.Sandbox, cancellationToken) : null;
        var calls = await replayer.ReplayAsync(bundle, sandbox.Sandbox, cancellationToken);
        var patch = bundle.IsQuestion ? "" : (await PatchExporter.ExportAsync(sandbox.Sandbox, null, cancellationToken)).Patch;
        var sameCalls = await WriteCallsAsync(output, calls);
        var samePatch = await WritePatchAsync(output, bundle, patch);
        var sameOpening = opening is null || await WriteOpeningAsync(output, opening);
        return sameCalls && samePatch && sameOpening;
    }

    private static async Task<bool> WriteCallsAsync(TextWriter output, IReadOnlyList<ReplayedCall> calls)
    {
        await output.WriteLineAsync($"{"turn",4}  {"result",-8}  call");
        foreach (var call in calls)
        {
            var turn = call.Turn == 0 ? "new" : call.Turn.ToString(CultureInfo.InvariantCulture);
            await output.WriteLineAsync($"{turn,4}  {(call.Same ? "same" : call.Now is null ? "missing" : "differs"),-8}  {call.Call}");
        }

        foreach (var call in calls.Where(call => !call.Same && call.Turn > 0))
        {
            await output.WriteLineAsync($"\nturn {call.Turn}: {call.Call}");
            await WriteLinesAsync(output, call.Now is null ? ["(the replay did not get there)"] : LineDifference.Of(call.Recorded ?? "", call.Now));
        }

        var different = calls.Count(call => !call.Same);
        await output.WriteLineAsync($"\ntools: {(different == 0 ? "as recorded" : $"{different} of {Quantity.Of(calls.Count, "call")} {Quantity.Noun(different, "differs", "differ")}")}");
        return different == 0;
    }

    private static async Task<bool> WritePatchAsync(TextWriter output, ReplayBundle bundle, string patch)
    {
        var same = patch == bundle.Patch;
        await output.WriteLineAsync($"patch: {(!same ? "differs" : patch.Length == 0 ? "none, as recorded" : "as recorded")}");
        await WriteLinesAsync(output, same ? [] : LineDifference.Of(bundle.Patch, patch));
        return same;
    }

    private static async Task<bool> WriteOpeningAsync(TextWriter output, OpeningComparison opening)
    {
        var files = opening.SameFiles ? "the same prompt files"
            : opening.Version == opening.RecordedVersion ? $"other prompt files of the same version {opening.Version}"
            : $"prompt files of version {opening.Version} instead of {opening.RecordedVersion}";
        await output.WriteLineAsync($"prompts: {(opening.IsSame ? "the opening is as recorded" : "the opening differs")}, {files}");
        await WriteLinesAsync(output, [.. opening.Tools.Select(tool => $"{tool} (tool)"), .. opening.Lines]);
        return opening.IsSame;
    }

    private static async Task WriteLinesAsync(TextWriter output, IReadOnlyList<string> lines)
    {
        // What a tree says must not steer the terminal.
        foreach (var line in lines.Take(MostLines))
        {
            await output.WriteLineAsync($"  {string.Concat(line.Select(c => c == '\t' || !char.IsControl(c) ? c : '�'))}");
        }

        if (lines.Count > MostLines)
        {
            await output.WriteLineAsync($"  … and {Quantity.Of(lines.Count - MostLines, "more line")}");
        }
    }
}
