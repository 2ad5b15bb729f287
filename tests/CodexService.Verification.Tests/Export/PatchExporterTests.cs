using CodexService.Repositories.Patches;
using CodexService.Testing;
using CodexService.Verification.Export;

namespace CodexService.Verification.Tests.Export;

public sealed class PatchExporterTests
{
    [Fact]
    public async Task Export_NothingChanged_IsEmpty()
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync("touch calc.py; git gc -q");

        Assert.True((await PatchExporter.ExportAsync(sandbox, null, default)).IsEmpty);
    }

    [Fact]
    public async Task Export_ChangedNewAndDeletedFiles_ComeOutAndApplyToTheBase()
    {
        using var repository = await TestRepository.CreateAsync((".gitignore", "*.log\nbuild/\n"), ("a.py", "1\n"), ("gone.py", "x\n"), ("sub/b", "1\n"));
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync(
            """
            echo 2 > a.py; rm gone.py; mkdir -p new build __pycache__ sub/.pytest_cache; echo n > "new/ü file"; printf 'a\nb' > $'new/line\nbreak'
            echo ignored > x.log; echo ignored > build/out; echo ignored > __pycache__/a.pyc; echo ignored > sub/.pytest_cache/x
            head -c 3000 /dev/urandom > binary; printf '#!/bin/sh\n' > run.sh; chmod +x run.sh; git commit -qam 'the brain may commit'
            """);

        var export = await PatchExporter.ExportAsync(sandbox, null, default);

        Assert.Empty(export.Check.Violations);
        Assert.Equal(
            ["a.py", "binary", "gone.py", "new/line\nbreak", "new/ü file", "run.sh"],
            export.Check.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
        await ApplyAsync(repository, export.Patch);
        Assert.Equal(await sandbox.MustRunAsync("sha256sum a.py binary 'new/ü file' run.sh"), await ShellAsync(repository, "sha256sum a.py binary 'new/ü file' run.sh"));
    }

    [Fact]
    public async Task Export_OtherEncodingsAndNulInText_KeepEveryByte()
    {
        using var repository = await TestRepository.CreateAsync((".gitattributes", "* text=auto diff\n"), ("plain", "1\n"), ("b[1]*?", "1\n"));
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync(
            """
            printf 'caf\xe9\r\nx\n' > latin; printf 'a\0b\n' > nul; printf '2\xff\n' > 'b[1]*?'; echo 2 > plain; printf 'n\xe4me\n' > $'n\xe4me'
            """);

        var export = await PatchExporter.ExportAsync(sandbox, null, default);

        Assert.Empty(export.Check.Violations);
        Assert.Contains(export.Check.Files, file => file is { Path: "plain", Binary: false });
        Assert.Contains(export.Check.Files, file => file is { Path: "latin", Binary: true });
        await ApplyAsync(repository, export.Patch);
        const string Sums = "sha256sum plain latin nul 'b[1]*?' n?me";
        Assert.Equal(await sandbox.MustRunAsync(Sums), await ShellAsync(repository, Sums));
    }

    [Fact]
    public async Task Export_IgnoreFilesChangedByTheWork_BasesRulesDecide()
    {
        using var repository = await TestRepository.CreateAsync((".gitignore", "secret\n"), ("a.py", "1\n"));
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync("printf '!secret\\n*.py\\n' > .gitignore; echo x > secret; echo x > new.py; echo '*' > .git/info/exclude; mkdir -p ~/.config/git; echo '*' > ~/.config/git/ignore");

        var export = await PatchExporter.ExportAsync(sandbox, null, default);

        Assert.Equal([".gitignore", "new.py"], export.Check.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Export_HostileRepositoryInTheTree_RunsNothingAndTellsTheTruth()
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync(
            """
            cat > .git/hook <<'X'
            #!/bin/sh
            touch "$HOME/pwned"; echo evil
            X
            chmod +x .git/hook
            for key in core.fsmonitor diff.external diff.x.textconv diff.x.command filter.x.clean filter.x.smudge core.pager core.sshCommand; do git config --global $key "$PWD/.git/hook"; git config $key "$PWD/.git/hook"; done
            mkdir -p .git/hooks; for hook in pre-commit post-index-change post-checkout fsmonitor-watchman; do cp .git/hook .git/hooks/$hook; done
            git config core.hooksPath "$PWD/.git/hooks"
            echo '* diff=x filter=x' > .git/info/attributes
            echo '* diff=x filter=x text eol=crlf' > .gitattributes
            sed -i 's/a - b/a + b/' calc.py
            """);

        var export = await PatchExporter.ExportAsync(sandbox, null, default);

        Assert.Equal("", await sandbox.MustRunAsync("ls ~ | grep pwned || true"));
        Assert.Contains("+    return a + b\n", export.Patch, StringComparison.Ordinal);
        Assert.Contains(export.Check.Violations, violation => violation.Rule == PatchRule.NoGitFiles);

        await sandbox.MustRunAsync("rm -rf .git .gitattributes");
        export = await PatchExporter.ExportAsync(sandbox, null, default);
        Assert.True(export.Check.Allowed, export.Check.Reason);
        Assert.Equal("calc.py", Assert.Single(export.Check.Files).Path);
    }

    [Theory]
    [InlineData("ln -s /etc/passwd link", PatchRule.NoSymlink)]
    [InlineData("rm calc.py; ln -s /etc/passwd calc.py", PatchRule.NoSymlink)]
    [InlineData("chmod +x calc.py", PatchRule.NoModeChange)]
    [InlineData("echo x > .gitmodules", PatchRule.NoGitFiles)]
    public async Task Export_ForbiddenChange_IsRefused(string command, PatchRule rule)
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync(command);

        var export = await PatchExporter.ExportAsync(sandbox, null, default);

        Assert.Contains(export.Check.Violations, violation => violation.Rule == rule);
    }

    [Theory]
    [InlineData("git init -q nested && cd nested && echo x > f && git add f && git -c user.name=x -c user.email=x commit -qm x")]
    [InlineData("mkdir -p sub/.GIT/hooks; echo x > sub/.GIT/hooks/x")]
    [InlineData("mkfifo pipe")]
    public async Task Export_WhatGitTakesInNoTree_IsLeftOut(string command)
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync(command);

        Assert.True((await PatchExporter.ExportAsync(sandbox, null, default)).IsEmpty);
    }

    [Fact]
    public async Task Export_LargerThanTheLimit_SaysSo()
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync("yes 'a line of text' | head -c 20000000 > large");

        var error = await Assert.ThrowsAsync<PatchExportException>(() => PatchExporter.ExportAsync(sandbox, null, default));

        Assert.Contains("larger than 10 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_BaselineDestroyed_SaysSo()
    {
        using var repository = await SampleProject.CreateAsync();
        await using var sandbox = await SampleProject.OpenAsync(repository);
        await sandbox.MustRunAsync("rm -rf ~/.codex");

        var error = await Assert.ThrowsAsync<PatchExportException>(() => PatchExporter.ExportAsync(sandbox, null, default));

        Assert.Contains("baseline is gone", error.Message, StringComparison.Ordinal);
    }

    private static async Task ApplyAsync(TestRepository repository, string patch)
    {
        repository.Write(".git/info/attributes", "* -text\n");
        repository.Write(".git/the.patch", patch);
        await repository.GitAsync("apply", "--index", ".git/the.patch");
    }

    private static async Task<string> ShellAsync(TestRepository repository, string command) =>
        await repository.GitAsync("-c", $"alias.sh=!{command}", "sh");
}
