using CodexService.Models.Configuration;
using CodexService.Models.Providers;
using Polly;
using Polly.Retry;

namespace CodexService.Models.Calling;

/// <summary>The repetitions of one request.</summary>
internal static class RetryPipeline
{
    // A second silence is not worth another minute of waiting.
    private const int RetriesAfterSilence = 1;

    /// <summary>Repeats passing failures with growing waits and jitter; the endpoint's <c>Retry-After</c> goes first, up to the limit.</summary>
    public static ResiliencePipeline Create(ModelsOptions limits, TimeProvider time)
    {
        if (limits.Retries == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { Name = "model", TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                Name = "retry",
                MaxRetryAttempts = limits.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = limits.RetryDelay,
                MaxDelay = limits.LongestRetryDelay,
                ShouldHandle = attempt => ValueTask.FromResult(
                    attempt.Outcome.Exception is { } e
                    && EndpointErrors.IsPassing(e)
                    && (e is not EndpointException { Fault: EndpointFault.Silent } || attempt.AttemptNumber < RetriesAfterSilence)),
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(
                    attempt.Outcome.Exception is EndpointException { RetryAfter: { } asked }
                        ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, limits.LongestRetryDelay.Ticks))
                        : null),
            })
            .Build();
    }
}
