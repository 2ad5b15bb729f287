using CodexService.Models;
using CodexService.Models.Calling;

namespace CodexService.Agent.Tests.Scripted;

/// <summary>A stand-in for the configuration: one model that answers to its own name, and is the default.</summary>
internal sealed class SingleModelCatalog(IModelCaller model) : IModelCatalog
{
    public IReadOnlyList<ModelDescription> Models { get; } = [new(model.Name, model.Name, "openai", model.ContextTokens, model.WorkingTokens, null)];

    public string? DefaultName => model.Name;

    public IModelCaller Get(string? name) => name is null || name == model.Name
        ? model
        : throw new ModelException(ModelFailure.Refused, $"No model is called \"{name}\". Configured are: {model.Name}.");
}
