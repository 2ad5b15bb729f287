using CodexService.Benchmarks;

return await BenchmarkCommandLine.Create().Parse(args).InvokeAsync();
