using CodexService.Api.Access;
using CodexService.Api.Budgets;
using CodexService.Api.Dashboard;
using CodexService.Api.Errors;
using CodexService.Api.GitHub;
using CodexService.Api.Health;
using CodexService.Api.PullRequests;
using CodexService.Api.RepositoryInspection;
using CodexService.Api.Steering;
using CodexService.Api.Tasks;
using CodexService.Api.Webhooks;
using CodexService.Contracts;
using CodexService.Repositories;
using CodexService.SourceAccess;
using CodexService.Tasks;
using CodexService.Tasks.AccessTokens;
using CodexService.Tasks.Persistence;

namespace CodexService.Api;

/// <summary>The REST API, the event streams and the dashboard.</summary>
public static class ApiModule
{
    /// <summary>Registers the API.</summary>
    /// <param name="services">Services.</param>
    /// <param name="database">PostgreSQL connection string.</param>
    public static IServiceCollection AddCodexApi(this IServiceCollection services, string database)
    {
        services.AddTasks(database);
        services.AddStuckAttemptRescue();
        services.AddSourceAccess();
        services.AddRepositories();
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.ConfigureHttpJsonOptions(json => JsonConventions.Apply(json.SerializerOptions));
        services.AddProblems();
        services.AddResponseCompression();
        services.AddTokenAccess();
        services.AddSingleton<RepositoryLookup>();
        services.AddSingleton<SubmissionReader>();
        services.AddSingleton<ServiceDescription>();
        services.AddSingleton<TaskEventStream>();
        services.AddSingleton<SessionStreams>();
        services.AddWebhooks();
        services.AddReadiness();
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "CodexService";
            document.Info.Description = "Hands coding tasks to workers and follows them to a reviewed pull request.";
            return Task.CompletedTask;
        }));
        return services;
    }

    /// <summary>Maps every address of the API and the dashboard.</summary>
    public static WebApplication MapCodexApi(this WebApplication app)
    {
        app.UseSafeHeaders();
        app.UseProblems();
        app.UseResponseCompression();
        app.UseDashboardFiles();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseDashboardPages();
        app.MapHealth();
        app.MapWebhooks();
        app.MapOpenApi("/openapi/v1.json").RequireAuthorization();
        var api = app.MapGroup("/api").RequireAuthorization().AddEndpointFilter<CookieRequestGuard>();
        api.MapSession();
        api.MapService();
        api.MapTasks();
        api.MapAttempts();
        api.MapSteering();
        api.MapRounds();
        api.MapBudgets();
        api.MapReplays();
        api.MapPullRequests();
        api.MapReviews();
        api.MapRepositories();
        api.MapGitHub();
        return app;
    }

    /// <summary>Migrates the database and makes the first API token; returns it only when it was made now.</summary>
    public static async Task<string?> PrepareCodexApiAsync(this WebApplication app, CancellationToken cancellationToken)
    {
        await TasksDatabase.MigrateAsync(app.Services, cancellationToken);
        return await app.Services.GetRequiredService<AccessTokenStore>().CreateFirstAsync(cancellationToken);
    }
}
