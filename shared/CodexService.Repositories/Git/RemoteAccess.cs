namespace CodexService.Repositories.Git;

/// <summary>Hands credentials to git through the environment, where other users of the machine cannot read them.</summary>
internal static class RemoteAccess
{
    /// <summary>For the address's own credentials, else for <paramref name="authorization"/>.</summary>
    public static IReadOnlyDictionary<string, string> Environment(RepositoryAddress address, string? authorization = null)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if ((address.Authorization ?? authorization) is { } value)
        {
            environment["GIT_CONFIG_COUNT"] = "1";
            environment["GIT_CONFIG_KEY_0"] = $"http.{address.Value}.extraHeader";
            environment["GIT_CONFIG_VALUE_0"] = $"Authorization: {value}";
        }

        return environment;
    }
}
