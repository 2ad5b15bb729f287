using CodexService.Tasks.GitHubLink;
using Microsoft.Extensions.Caching.Memory;

namespace CodexService.Api.Webhooks;

internal static class WebhookServiceCollectionExtensions
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LargeBodies>();
        services.AddSingleton<RefusedDeliveries>();
        services.AddSingleton(provider => new WebhookSecret(
            WebhookOptions.Signature(provider.GetRequiredService<IConfiguration>()),
            provider.GetRequiredService<GitHubLinks>(),
            provider.GetRequiredService<IMemoryCache>()));
        services.AddHostedService<DeliveryPruner>();
        return services;
    }
}
