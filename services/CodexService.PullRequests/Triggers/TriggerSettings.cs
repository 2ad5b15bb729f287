using System.Text;
using CodexService.Contracts.Api;
using CodexService.GitHub.Webhooks;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace CodexService.PullRequests.Triggers;

/// <summary>What starts work in a repository: <c>.codex/config.yml</c> at its base branch. Without the file the defaults hold.</summary>
public sealed class TriggerSettings
{
    /// <summary>Where the file is.</summary>
    public const string Path = ".codex/config.yml";

    private const int LargestFile = 64 << 10;
    private const int LongestCommand = 1000;

    private static readonly IDeserializer Reader = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build();

    /// <summary>The defaults.</summary>
    public static TriggerSettings Default { get; } = new();

    /// <summary>Label that starts work on an issue; empty for none. Default <c>codex</c>.</summary>
    public string Label { get; set; } = "codex";

    /// <summary>Whether an assignment to the App starts work. Default <see langword="true"/>.</summary>
    public bool Assignment { get; set; } = true;

    /// <summary>Whether a mention of the App starts work. Default <see langword="true"/>.</summary>
    public bool Mention { get; set; } = true;

    /// <summary>Whether a review that requests changes on our pull request starts a follow-up. Default <see langword="true"/>.</summary>
    public bool ChangesRequested { get; set; } = true;

    /// <summary>How often a failing check on our head starts a fix by itself, 0 to 3. Default 3.</summary>
    public int CheckFixes { get; set; } = 3;

    /// <summary>Whether conflicts of our pull request with its base start a follow-up that resolves them. Default <see langword="true"/>.</summary>
    public bool Conflicts { get; set; } = true;

    /// <summary>Bots that may start work, for example <c>renovate[bot]</c>. Default none.</summary>
    public IList<string> Bots { get; set; } = [];

    /// <summary>Command that proves changes; <see langword="null"/> guesses it.</summary>
    public string? TestCommand { get; set; }

    /// <summary>Parallel attempts, 1 to 8. Default 1.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>Name of the configured model that works on tasks and reviews; <see langword="null"/> for the service's choice.</summary>
    public string? Model { get; set; }

    /// <summary>Settings under which a delivery starts whatever it can start at all.</summary>
    internal static TriggerSettings WidestFor(WebhookPayload payload) => new()
    {
        Label = payload.Label?.Name ?? (payload.Issue?.Labels is [{ Name: var first }, ..] ? first : Default.Label),
        Bots = payload.Sender is { } sender ? [sender.Login] : [],
    };

    /// <summary>Reads the file.</summary>
    /// <exception cref="FormatException">It cannot be used; the message is one line that says where and what to do.</exception>
    public static TriggerSettings Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > LargestFile)
        {
            throw new FormatException($"{Path} has {file.Length:N0} bytes; at most {LargestFile:N0} are read");
        }

        TriggerSettings? settings;
        try
        {
            settings = Reader.Deserialize<TriggerSettings?>(Encoding.UTF8.GetString(file));
        }
        catch (YamlException e)
        {
            throw new FormatException($"{Path}, line {e.Start.Line}: {Line(e)}", e);
        }

        settings ??= Default;
        return settings switch
        {
            { Attempts: < 1 or > 8 } => throw new FormatException($"{Path}: attempts is {settings.Attempts}; it has to be from 1 to 8"),
            { CheckFixes: < 0 or > 3 } => throw new FormatException($"{Path}: check_fixes is {settings.CheckFixes}; it has to be from 0 to 3"),
            { TestCommand.Length: > LongestCommand } => throw new FormatException($"{Path}: test_command has {settings.TestCommand.Length} characters; at most {LongestCommand} are allowed"),
            { Model: { } model } when !ModelName.IsValid(model) => throw new FormatException($"{Path}: model has to be the name of a model that the service is configured with: {ModelName.Rule}"),
            { Label: null } or { Bots: null } => throw new FormatException($"{Path}: label and bots may be left out, but not be null"),
            _ => settings,
        };
    }

    private static string Line(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        var line = e.Message.Split('\n')[0].Trim();
        const string Unknown = "Property '";
        return line.StartsWith(Unknown, StringComparison.Ordinal) && line.IndexOf('\'', Unknown.Length) is > 0 and var end
            ? $"there is no setting {line[Unknown.Length..end]}"
            : line.Length <= 200 ? line : $"{line[..199]}…";
    }
}
