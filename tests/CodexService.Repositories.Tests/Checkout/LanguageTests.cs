using CodexService.Testing;

namespace CodexService.Repositories.Tests.Checkout;

public sealed class LanguageTests
{
    [Fact]
    public async Task HasPython_EachCommit_IsJudgedByItsOwnFiles()
    {
        using var repository = TestRepository.With(("package.json", "{}"), ("docs/a.py.md", ""), ("python/read.me", ""));
        using var fixture = new RepositoryFixture();
        var address = RepositoryAddress.Parse(repository.Path);
        var without = (await fixture.Checkout.ResolveAsync(address, null, CancellationToken.None)).Commit;
        repository.Commit("second", ("deep/in/side.py", ""));
        var with = (await fixture.Checkout.ResolveAsync(address, null, CancellationToken.None)).Commit;

        Assert.False(await fixture.Checkout.HasPythonAsync(address, without, CancellationToken.None));
        Assert.True(await fixture.Checkout.HasPythonAsync(address, with, CancellationToken.None));
        await Assert.ThrowsAsync<RepositoryException>(() => fixture.Checkout.HasPythonAsync(address, "--help", CancellationToken.None));
        await Assert.ThrowsAsync<RepositoryException>(() => fixture.Checkout.HasPythonAsync(address, new string('0', 40), CancellationToken.None));
    }
}
