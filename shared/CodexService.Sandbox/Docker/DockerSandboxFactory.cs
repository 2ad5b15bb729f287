using System.Diagnostics;
using CodexService.Sandbox.Supervisor;
using Microsoft.Extensions.Logging;

namespace CodexService.Sandbox.Docker;

/// <summary>Sandboxes as containers of a Docker-compatible engine, with the supervisor as their first process.</summary>
internal sealed partial class DockerSandboxFactory(
    IContainerEngine engine, SandboxOptions options, TimeProvider time, ILogger<DockerSandboxFactory> logger)
    : ISandboxFactory, IDisposable
{
    public async Task<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        if (SandboxLimitRules.FirstProblem(spec.Limits) is { } problem)
        {
            throw new SandboxException(problem);
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var activity = SandboxTelemetry.Source.StartActivity("sandbox create");
        activity?.SetTag("codex.task.id", spec.Labels.TaskId);
        activity?.SetTag("codex.attempt.id", spec.Labels.AttemptId);
        activity?.SetTag("container.image.name", spec.Image);
        var began = time.GetTimestamp();
        string? id = null;
        IAttachedStreams? streams = null;
        try
        {
            // A few milliseconds that are not cancelled: the engine would create the container all the same, and its
            // id would be lost.
            id = await engine.CreateContainerAsync(
                SandboxContainer.NewName(spec.Labels),
                SandboxContainer.Describe(spec, options.Runtime, options.Instance),
                CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            activity?.SetTag("container.id", id);
            // Attached before the start, so that not one byte is missed and the container can never outlive us.
            streams = await engine.AttachContainerAsync(id, cancellationToken);
            await engine.StartContainerAsync(id, cancellationToken);
            var connection = new SupervisorConnection(streams, time);
            await connection.OpenAsync(cancellationToken);
            var milliseconds = time.GetElapsedTime(began).TotalMilliseconds;
            LogCreated(logger, id, spec.Labels.AttemptId, milliseconds);
            return new DockerSandbox(id, spec.Limits, connection, engine, time, logger);
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            streams?.Dispose();
            if (id is not null)
            {
                await RemoveQuietlyAsync(id);
            }

            throw;
        }
    }

    public async Task EnsureReadyAsync(string image, CancellationToken cancellationToken)
    {
        await engine.PingAsync(cancellationToken);
        var found = await engine.InspectImageAsync(image, cancellationToken) ?? throw DockerEngine.MissingImage(image);
        if (found.Config?.Volumes is { Count: > 0 } volumes)
        {
            throw new SandboxException(
                $"The sandbox image {image} declares a volume ({volumes.Keys.First()}), which no disk limit covers: remove VOLUME from its Dockerfile.");
        }
    }

    public async Task<int> RemoveOrphansAsync(Func<SandboxLabels, bool> isAlive, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var container in await engine.ListContainersAsync(SandboxContainer.Filter(options.Instance), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SandboxContainer.ReadLabels(container.Labels) is { } labels && !isAlive(labels))
            {
                try
                {
                    await engine.RemoveContainerAsync(container.Id, cancellationToken);
                }
                catch (SandboxException e)
                {
                    LogNotRemoved(logger, container.Id, e.Message);
                    continue;
                }

                LogOrphanRemoved(logger, container.Id, labels.AttemptId, labels.Epoch);
                removed++;
            }
        }

        return removed;
    }

    public void Dispose() => engine.Dispose();

    private async Task RemoveQuietlyAsync(string id)
    {
        try
        {
            await engine.RemoveContainerAsync(id, CancellationToken.None);
        }
        catch (SandboxException e)
        {
            // The first error is the one to report; the orphan sweep takes the container later.
            LogNotRemoved(logger, id, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {ContainerId} of attempt {AttemptId} ready in {Milliseconds:0} ms")]
    private static partial void LogCreated(ILogger logger, string containerId, Guid attemptId, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removed orphan sandbox {ContainerId} of attempt {AttemptId}, epoch {Epoch}")]
    private static partial void LogOrphanRemoved(ILogger logger, string containerId, Guid attemptId, int epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sandbox {ContainerId} was not removed: {Reason}")]
    private static partial void LogNotRemoved(ILogger logger, string containerId, string reason);
}
