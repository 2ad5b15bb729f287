using CodexService.Api;
using CodexService.PullRequests;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Standalone.Data;
using CodexService.Standalone.Database;
using CodexService.Standalone.Running;
using CodexService.Worker;

return await (CommandLineTool.Named(args)?.Invoke() ?? HostRunner.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    var options = CodexOptions.From(builder.Configuration);
    using var claim = await DataFolderClaim.TakeAsync(options.Data, CancellationToken.None);
    builder.AddServiceDefaults();
    builder.AddStandalone(options);
    await using var database = await StandaloneDatabase.OpenAsync(options, claim.Folder, builder.Configuration, CancellationToken.None);
    builder.Services.AddCodexApi(database.ConnectionString);
    builder.Services.AddWorker(builder.Configuration, database.ConnectionString);
    builder.Services.AddPullRequests(builder.Configuration, database.ConnectionString);
    builder.Services.AddBus(options);

    var app = builder.Build();
    app.Services.ValidateSettings();
    app.MapCodexApi();
    await app.RunStandaloneAsync(claim, database, await app.PrepareCodexApiAsync(CancellationToken.None));
}));
