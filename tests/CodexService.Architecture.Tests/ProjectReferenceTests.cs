namespace CodexService.Architecture.Tests;

public sealed class ProjectReferenceTests
{
    private const string Standalone = "CodexService.Standalone";
    private static readonly string[] Hosts = [.. Projects.In("services"), .. Projects.In("workers")];

    [Fact]
    public void Hosts_ReferenceNoHosts_ExceptStandaloneWhichComposesThem()
    {
        foreach (var host in Hosts.Where(host => host != Standalone))
        {
            Nothing.In(Projects.References(host).Intersect(Hosts));
        }

        Assert.Equal(
            ["CodexService.Api", "CodexService.PullRequests", "CodexService.Worker"],
            Projects.References(Standalone).Intersect(Hosts).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Shared_ReferencesOnlyShared()
    {
        var shared = Projects.In("shared").ToList();
        Assert.NotEmpty(shared);
        Assert.All(shared, project => Nothing.In(Projects.References(project).Except(shared)));
    }

    [Fact]
    public void Product_ReferencesNoTests()
    {
        var tests = Projects.In("tests").ToList();
        Assert.All(Projects.Names.Except(tests), project => Nothing.In(Projects.References(project).Intersect(tests)));
    }

    [Theory]
    [InlineData("CodexService.Contracts")]
    [InlineData("CodexService.Sandbox")]
    [InlineData("CodexService.PrivatePostgres")]
    [InlineData("CodexService.ServiceDefaults")]
    public void Foundation_ReferencesNothing(string project) => Nothing.In(Projects.References(project));

    [Fact]
    public void Cli_KnowsTheServiceByItsContractsAlone() =>
        Nothing.In(Projects.Closure("CodexService.Cli").Except(["CodexService.Contracts", "CodexService.Samples"]));

    // The API holds no Docker and no key of a model, the publisher no sandbox: what a process cannot do, nobody can make it do.
    [Theory]
    [InlineData("CodexService.Api")]
    [InlineData("CodexService.PullRequests")]
    public void HostWithoutSandbox_GetsNoneThroughOthers(string host) => Nothing.In(
        Projects.Closure(host).Intersect(["CodexService.Sandbox", "CodexService.Agent", "CodexService.Models", "CodexService.Repair", "CodexService.Verification"]));

    // The same for whoever can write to a target repository.
    [Fact]
    public void TargetRepositories_AreWrittenByThePullRequestServiceAlone()
    {
        string[] writers = ["IForge", "BranchPublisher", "BranchMerger"];
        string[] allowed = ["services/CodexService.PullRequests/", "shared/CodexService.Repositories/"];
        var users = RepositoryFiles.Find("*.cs", "shared", "services", "workers")
            .Where(path => !allowed.Any(folder => RepositoryFiles.Name(path).StartsWith(folder, StringComparison.Ordinal)))
            .Where(path => File.ReadAllText(path) is var text && writers.Any(writer => text.Contains(writer, StringComparison.Ordinal)))
            .Select(RepositoryFiles.Name);
        Nothing.In(users);
    }

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "CodexService.sln")).Replace('\\', '/');
        var missing = RepositoryFiles.Find("*.csproj", "shared", "services", "workers", "tests")
            .Select(RepositoryFiles.Name)
            .Where(name => !solution.Contains($"\"{name}\"", StringComparison.Ordinal));
        Nothing.In(missing);
    }
}
