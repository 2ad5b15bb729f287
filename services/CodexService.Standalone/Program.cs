using CodexService.Api;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Standalone.Data;
using CodexService.Standalone.Database;
using CodexService.Standalone.Running;

return await (OfflineTool.Named(args)?.Invoke() ?? HostRunner.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    var options = CodexOptions.From(builder.Configuration);
    using var claim = await DataFolderClaim.TakeAsync(options.Data, CancellationToken.None);
    builder.AddStandalone(options);
    await StandaloneParts.RefuseBadSettingsAsync(args, options);
    await using var database = await StandaloneDatabase.OpenAsync(options, claim.Folder, builder.Configuration, CancellationToken.None);
    foreach (var part in StandaloneParts.Of(builder, options, database.ConnectionString))
    {
        part.Add();
    }

    var app = builder.Build();
    foreach (var step in StandaloneParts.Finish(app))
    {
        step.Add();
    }

    await app.RunStandaloneAsync(claim, database, await app.PrepareCodexApiAsync(CancellationToken.None));
}));
