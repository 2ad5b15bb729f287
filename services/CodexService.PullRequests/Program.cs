using CodexService.PullRequests;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Tasks.Persistence;

return await HostRunner.RunAsync(async () =>
{
    var builder = Host.CreateApplicationBuilder(args);
    var options = CodexOptions.From(builder.Configuration);
    builder.AddServiceDefaults();
    builder.Services.AddPullRequests(builder.Configuration, options.RequireDatabase());
    builder.Services.AddBus(options);

    var host = builder.Build();
    host.Services.ValidateSettings();
    await TasksDatabase.MigrateAsync(host.Services, CancellationToken.None);
    await host.RunAsync();
});
