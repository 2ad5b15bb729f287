using CodexService.ServiceDefaults.Configuration;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.ServiceDefaults.Messaging;

/// <summary>
/// Puts the service's consumers on a bus: RabbitMQ with quorum queues and publisher confirms when a broker is
/// configured, MassTransit's in-memory transport otherwise.
/// </summary>
public static class BusServiceCollectionExtensions
{
    /// <summary>Notes a consumer with its queue; <see cref="AddBus"/> connects it.</summary>
    /// <param name="services">Services.</param>
    /// <param name="queue">Queue name in kebab-case.</param>
    /// <param name="prefetch">Deliveries that may be unacknowledged at once.</param>
    public static IServiceCollection AddBusConsumer<TConsumer>(this IServiceCollection services, string queue, ushort prefetch)
        where TConsumer : class, IConsumer
    {
        Plan(services).Add(new BusEndpoint(
            registration => registration.AddConsumer<TConsumer>(),
            (context, bus) => bus.ReceiveEndpoint(queue, endpoint =>
            {
                ConfigureQueue(endpoint, prefetch);
                endpoint.ConfigureConsumer<TConsumer>(context);
            })));
        return services;
    }

    /// <summary>Notes a consumer whose queue is connected later, by <see cref="IReceiveEndpointConnector"/>.</summary>
    public static IServiceCollection AddBusConsumer<TConsumer>(this IServiceCollection services)
        where TConsumer : class, IConsumer
    {
        Plan(services).Add(new BusEndpoint(registration => registration.AddConsumer<TConsumer>(), null));
        return services;
    }

    /// <summary>Starts the bus with every consumer that was noted before. Call once per host, after its modules.</summary>
    public static IServiceCollection AddBus(this IServiceCollection services, CodexOptions options)
    {
        var endpoints = Plan(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMassTransit(registration =>
        {
            registration.DisableUsageTelemetry();
            foreach (var endpoint in endpoints)
            {
                endpoint.Register(registration);
            }

            if (options.RabbitMq is { } broker)
            {
                registration.UsingRabbitMq((context, bus) =>
                {
                    bus.Host(broker);
                    Connect(endpoints, context, bus);
                });
            }
            else
            {
                registration.UsingInMemory((context, bus) => Connect(endpoints, context, bus));
            }
        });

        // The host is up before the broker is: messages wait in the outbox meanwhile, and readiness tells.
        services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = false);
        return services;
    }

    /// <summary>Sets what every queue of the service has in common.</summary>
    public static void ConfigureQueue(IReceiveEndpointConfigurator endpoint, ushort prefetch)
    {
        endpoint.PrefetchCount = prefetch;
        endpoint.ConcurrentMessageLimit = prefetch;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            rabbit.SetQuorumQueue();
        }
    }

    private static void Connect(List<BusEndpoint> endpoints, IBusRegistrationContext context, IBusFactoryConfigurator bus)
    {
        foreach (var endpoint in endpoints)
        {
            endpoint.Connect?.Invoke(context, bus);
        }
    }

    private static List<BusEndpoint> Plan(IServiceCollection services)
    {
        var plan = services.FirstOrDefault(service => service.ServiceType == typeof(List<BusEndpoint>))?.ImplementationInstance as List<BusEndpoint>;
        if (plan is null)
        {
            plan = [];
            services.AddSingleton(plan);
        }

        return plan;
    }

    private sealed record BusEndpoint(
        Action<IBusRegistrationConfigurator> Register,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? Connect);
}
