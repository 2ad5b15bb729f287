using CodexService.Api;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;

return await HostRunner.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    var options = CodexOptions.From(builder.Configuration);
    builder.AddServiceDefaults();
    builder.Services.AddCodexApi(options.RequireDatabase());
    builder.Services.AddBus(options);

    var app = builder.Build();
    app.Services.ValidateSettings();
    app.MapCodexApi();
    if (await app.PrepareCodexApiAsync(app.Lifetime.ApplicationStopping) is { } token)
    {
        Console.WriteLine($"API token, shown only now: {token}");
    }

    await app.RunAsync();
});
