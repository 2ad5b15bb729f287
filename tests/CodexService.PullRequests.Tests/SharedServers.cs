[assembly: TestFramework("CodexService.Testing.SharingTestFramework", "CodexService.Testing")]
