using CodexService.Testing.GitHub;

namespace CodexService.GitHub.Tests;

/// <summary>One emulator for all tests on it; each test works in branches and issues of its own.</summary>
[CollectionDefinition(Name)]
public sealed class EmulatorTests : ICollectionFixture<EmulatorFixture>
{
    internal const string Name = "github emulator";
}
