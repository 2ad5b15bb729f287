namespace CodexService.Models.Calling;

/// <summary>A model and those that stand in for it.</summary>
internal sealed class ModelCaller(IReadOnlyList<ModelEndpoint> chain) : IModelCaller
{
    /// <inheritdoc />
    public string Name => chain[0].Model.Name;

    /// <inheritdoc />
    public int? ContextTokens => chain[0].Model.ContextTokens;

    /// <inheritdoc />
    public int? WorkingTokens => chain[0].Model.WorkingTokens;

    /// <inheritdoc />
    public float? Temperature => chain[0].Model.Temperature;

    /// <inheritdoc />
    public async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        var failures = new List<ModelException>();
        foreach (var endpoint in chain)
        {
            try
            {
                return await endpoint.AskAsync(request, cancellationToken);
            }
            catch (ModelException e)
            {
                if (e.Failure is not (ModelFailure.Unreachable or ModelFailure.Overloaded or ModelFailure.Silent or ModelFailure.Garbled))
                {
                    throw;
                }

                failures.Add(e);
            }
        }

        throw failures.Count == 1
            ? failures[0]
            : new ModelException(failures[0].Failure, $"None of {failures.Count} models answered. {string.Join(' ', failures.Select(failure => failure.Message))}", failures[0]);
    }

    /// <inheritdoc />
    public Task<int?> FindContextAsync(CancellationToken cancellationToken) => chain[0].FindContextAsync(cancellationToken);

    /// <inheritdoc />
    public int CountTokens(string text) => chain[0].CountTokens(text);
}
