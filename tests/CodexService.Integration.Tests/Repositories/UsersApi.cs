using CodexService.Samples;
using CodexService.Testing;

namespace CodexService.Integration.Tests.Repositories;

/// <summary>The sample repository with its pagination bug, as <c>codex demo</c> uses it.</summary>
internal static class UsersApi
{
    public const string TestCommand = SampleRepository.TestCommand;

    public static string FixedLine => SeededBug.Demo.Original;

    public static string Prompt => SeededBug.Demo.Prompt;

    /// <summary>Creates it; the caller disposes it.</summary>
    public static TestRepository Create() => TestRepository.With([.. SampleRepository.Files(SeededBug.Demo).Select(file => (file.Key, file.Value))]);
}
