using CodexService.Models;
using CodexService.Models.Configuration;
using CodexService.Models.Diagnosis;
using CodexService.ServiceDefaults;

namespace CodexService.Worker.Brains;

/// <summary>Calls every configured model and says what works; the part of <c>./codex doctor</c> that needs the programs.</summary>
public static class ModelExamination
{
    /// <summary>First argument of a host that is to examine its models instead of running.</summary>
    public const string Argument = "examine-models";

    /// <summary>
    /// Runs as a process of its own. Writes one line for each finding on stdout: model, <c>ok</c> or <c>BROKEN</c>, finding,
    /// separated by tabs.
    /// </summary>
    /// <returns>The exit code: 0 when every configured model works.</returns>
    public static async Task<int> RunAsync()
    {
        var works = false;
        var code = await HostRunner.RunAsync(async () =>
            works = await ExamineAsync(Host.CreateApplicationBuilder().Configuration, Console.Out, CancellationToken.None));
        return code == 0 && !works ? 1 : code;
    }

    private static async Task<bool> ExamineAsync(IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddModels(configuration).BuildServiceProvider();
        if (services.GetRequiredService<ModelsOptions>().Named.Count == 0)
        {
            return true;
        }

        var found = await services.GetRequiredService<ModelDoctor>().ExamineAsync(cancellationToken);
        foreach (var model in found)
        {
            foreach (var line in model.Lines)
            {
                await output.WriteLineAsync($"{model.Name}\t{(model.Works ? "ok" : "BROKEN")}\t{line}");
            }
        }

        return found.All(model => model.Works);
    }
}
