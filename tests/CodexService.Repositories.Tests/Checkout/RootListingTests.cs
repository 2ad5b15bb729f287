using CodexService.Repositories.Checkout;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Checkout;

public sealed class RootListingTests
{
    [Fact]
    public async Task ListRoot_ResolvedCommit_NamesWhatLiesAtItsRoot()
    {
        using var repository = TestRepository.With(("App.csproj", "<Project />"), ("src/deep/A.cs", ""));
        using var fixture = new RepositoryFixture();
        var address = RepositoryAddress.Parse(repository.Path);
        var commit = (await fixture.Checkout.ResolveAsync(address, null, CancellationToken.None)).Commit;

        Assert.Equal(["App.csproj", "src"], await fixture.Checkout.ListRootAsync(address, commit, CancellationToken.None));
        Assert.Empty(await fixture.Checkout.ListRootAsync(address, new string('0', 40), CancellationToken.None));
        await Assert.ThrowsAsync<RepositoryException>(() => fixture.Checkout.ListRootAsync(address, "--help", CancellationToken.None));
    }
}
