namespace CodexService.Repositories.Git;

/// <summary>Hands an address's credentials to git through the environment, where other users of the machine cannot read them.</summary>
internal static class RemoteAccess
{
    public static IReadOnlyDictionary<string, string> Environment(RepositoryAddress address)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (address.Authorization is { } authorization)
        {
            environment["GIT_CONFIG_COUNT"] = "1";
            environment["GIT_CONFIG_KEY_0"] = $"http.{address.Value}.extraHeader";
            environment["GIT_CONFIG_VALUE_0"] = $"Authorization: {authorization}";
        }

        return environment;
    }
}
