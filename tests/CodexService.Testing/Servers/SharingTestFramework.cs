using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace CodexService.Testing;

/// <summary>
/// xunit's own framework, which also stops what the assembly's tests share once the last of them has ended. Name it in
/// each test project that uses a shared server:
/// <c>[assembly: TestFramework("CodexService.Testing.SharingTestFramework", "CodexService.Testing")]</c>.
/// </summary>
public sealed class SharingTestFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    /// <inheritdoc />
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider source, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, source, diagnostics)
    {
        // The base class is void by contract, so this is the one place where async void is right.
        protected override async void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(
        ITestAssembly assembly,
        IEnumerable<IXunitTestCase> cases,
        IMessageSink diagnostics,
        IMessageSink execution,
        ITestFrameworkExecutionOptions options) : XunitTestAssemblyRunner(assembly, cases, diagnostics, execution, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await SharedServers.StopAsync();
            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}
