// Two stacks at a time: the tests wait for processes most of the time, and each repair uses what cores there are.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
[assembly: TestFramework("CodexService.Testing.SharingTestFramework", "CodexService.Testing")]
