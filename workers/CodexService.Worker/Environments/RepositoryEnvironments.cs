using System.IO.Enumeration;
using CodexService.Models;
using CodexService.Models.Configuration;
using CodexService.Repositories;
using CodexService.ServiceDefaults.Configuration;

namespace CodexService.Worker.Environments;

/// <summary>The configured environments. Thread-safe.</summary>
internal sealed class RepositoryEnvironments(IReadOnlyList<RepositoryEnvironment> environments)
{
    /// <summary>Reads the section and checks it against the configured models.</summary>
    /// <exception cref="ConfigurationException">An entry is not usable; the message names it and the fix.</exception>
    public static RepositoryEnvironments From(IConfiguration configuration, ModelsOptions models)
    {
        List<RepositoryEnvironment> environments = [];
        foreach (var section in configuration.GetSection(RepositoryEnvironment.Section).GetChildren())
        {
            var one = new RepositoryEnvironment();
            section.Bind(one);
            Check(section.Path, one, models);
            environments.Add(one);
        }

        return environments.GroupBy(one => one.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new ConfigurationException($"{RepositoryEnvironment.Section} has {twice.Key} more than once: give each environment a name of its own.")
            : new RepositoryEnvironments(environments);
    }

    /// <summary>The environment of a repository; <see langword="null"/> when none names it.</summary>
    public RepositoryEnvironment? Of(RepositoryAddress repository) =>
        environments.FirstOrDefault(one => one.Repositories.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, repository.Value)));

    private static void Check(string path, RepositoryEnvironment one, ModelsOptions models)
    {
        if (string.IsNullOrWhiteSpace(one.Name))
        {
            throw new ConfigurationException($"{path}:Name is missing: give the environment a name.");
        }

        if (one.Repositories.Count == 0 || one.Repositories.Any(string.IsNullOrWhiteSpace))
        {
            throw new ConfigurationException($"{path}:Repositories names no repository: give paths or clone URLs, for example https://github.com/acme/*.");
        }

        if (one.Model is { } model && !models.Named.Any(known => string.Equals(known.Name, model, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ConfigurationException(models.Named.Count == 0
                ? $"{path}:Model is \"{model}\", but no model is configured: configure it in section Models, or leave Model out."
                : $"{path}:Model is \"{model}\", which is not configured: it has to be one of {string.Join(", ", models.Named.Select(known => known.Name))}.");
        }

        if (string.IsNullOrWhiteSpace(one.Model ?? one.Image))
        {
            throw new ConfigurationException($"{path} sets neither Model nor Image: give one of them, or leave the environment out.");
        }
    }
}
