
namespace CodexService.Models.Providers;

/// <summary>What an endpoint did in place of answering.</summary>
internal enum EndpointFault
{
    /// <summary>It answered with an error status; see <see cref="EndpointException.Status"/>.</summary>
    Status,

    /// <summary>What is behind the address is not a model's API.</summary>
    NotAnApi,

    /// <summary>The answer ended early or is not in the protocol.</summary>
    Broken,

    /// <summary>The answer is larger than allowed.</summary>
    TooLarge,

    /// <summary>Nothing came within the limit.</summary>
    Silent,
}

/// <summary>An endpoint did not answer. Its texts are free of the key.</summary>
internal sealed class EndpointException(EndpointFault fault, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What happened.</summary>
    public EndpointFault Fault { get; } = fault;

    /// <summary>HTTP status; 0 when there is none.</summary>
    public int Status { get; init; }

    /// <summary>When to come back, as the endpoint asked.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
