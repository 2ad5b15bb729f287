using CodexService.Tasks;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace CodexService.Api.Errors;

/// <summary>Turns every error into problem details (RFC 9457) with one clear line.</summary>
internal static partial class ProblemExtensions
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .AddProblemDetails()

        // Else only development says what was wrong with a request.
        .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true)
        .AddExceptionHandler<ProblemWriter>();

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    private sealed partial class ProblemWriter(ILogger<ProblemWriter> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            var (status, title) = exception switch
            {
                TaskConflictException conflict => (StatusCodes.Status409Conflict, conflict.Message),
                BadHttpRequestException bad => (bad.StatusCode, BadRequestText.Of(bad)),
                _ when IsDatabaseGone(exception) => (StatusCodes.Status503ServiceUnavailable, "The database does not answer; nothing was changed. Try again in a moment."),
                _ => (StatusCodes.Status500InternalServerError, "Something went wrong in the service; its log says what. Nothing was changed."),
            };

            // The framework does not log what a handler has dealt with.
            if (status == StatusCodes.Status500InternalServerError)
            {
                LogUnexpected(exception, httpContext.Request.Method, httpContext.Request.Path);
            }
            else if (status == StatusCodes.Status503ServiceUnavailable)
            {
                LogDatabaseGone(httpContext.Request.Method, httpContext.Request.Path, exception.Message);
            }

            await Results.Problem(statusCode: status, title: title).ExecuteAsync(httpContext);
            return true;
        }

        private static bool IsDatabaseGone(Exception? exception)
        {
            for (; exception is not null; exception = exception.InnerException)
            {
                // The server's own answers are PostgresException; of those only these mean that it is not there for us.
                if (exception is PostgresException answer)
                {
                    return answer.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections;
                }

                if (exception is NpgsqlException)
                {
                    return true;
                }
            }

            return false;
        }

        [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly")]
        private partial void LogUnexpected(Exception exception, string method, string path);

        [LoggerMessage(LogLevel.Warning, "{Method} {Path} failed: the database does not answer ({Reason})")]
        private partial void LogDatabaseGone(string method, string path, string reason);
    }
}
