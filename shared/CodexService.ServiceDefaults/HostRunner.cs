using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Options;

namespace CodexService.ServiceDefaults;

/// <summary>Runs a host so that what a person can mend is told in one line instead of a stack trace.</summary>
public static class HostRunner
{
    /// <summary>Runs <paramref name="host"/> and returns the process's exit code: 0, or 1 with one line on stderr.</summary>
    public static async Task<int> RunAsync(Func<Task> host)
    {
        try
        {
            await host();
            return 0;
        }
        catch (Exception e) when (Problems(e) is { } problems)
        {
            await Console.Error.WriteLineAsync($"codex-service: {string.Join(" ", problems).ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    /// <summary>
    /// What a person can mend, a line for each: such faults carry their own words. <see langword="null"/> for everything else, which is
    /// a bug and keeps its stack trace.
    /// </summary>
    public static IReadOnlyList<string>? Problems(Exception exception) => exception switch
    {
        ConfigurationException settings => settings.Problems,
        OptionsValidationException invalid => Lines(invalid),
        AggregateException several when several.InnerExceptions.All(one => one is OptionsValidationException) =>
            [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(Lines)],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException inUse } => [$"{inUse.Message.TrimEnd('.')}: set CODEX_PORT to a free port, or stop what listens there."],
        { } other when other.GetType().GetCustomAttributes(typeof(MessageForPeopleAttribute), inherit: false).Length > 0 => [other.Message],
        _ => null,
    };

    // DataAnnotation validation failed for 'XOptions' members: 'Y' with the error: 'X:Y has to be …'.
    private static string[] Lines(OptionsValidationException exception) =>
        [.. exception.Failures.Select(failure => failure.Split(" with the error: '", 2) is [_, var line] ? line[..^2] : failure)];
}

/// <summary>Marks an exception whose message is one line for people: what was wrong, where, and what to do.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MessageForPeopleAttribute : Attribute;
