using CodexService.Models;
using CodexService.Models.Configuration;
using CodexService.Models.Diagnosis;

namespace CodexService.Worker.Brains;

/// <summary>Calls every configured model and says what works; the part of <c>./codex doctor</c> that needs the programs.</summary>
public static class ModelExamination
{
    /// <summary>First argument of a host that is to examine its models instead of running.</summary>
    public const string Argument = "examine-models";

    /// <summary>Writes one line for each finding: model, <c>ok</c> or <c>BROKEN</c>, finding, separated by tabs.</summary>
    /// <returns>Whether every configured model works.</returns>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">The settings are not usable.</exception>
    public static async Task<bool> RunAsync(IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
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
