using System.ComponentModel.DataAnnotations;

namespace CodexService.Agent.Tools;

/// <summary>Limits of the tools that a model works with. Section <c>Agent:Tools</c>.</summary>
public sealed class ToolboxOptions
{
    internal const string Section = "Agent:Tools";

    /// <summary>Time of a <c>shell</c> command that asks for none. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Agent:Tools:ShellTimeout must be between 1 second and 1 day.")]
    public TimeSpan ShellTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The most time that a <c>shell</c> command may ask for. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Agent:Tools:LongestShellTimeout must be between 1 second and 1 day.")]
    public TimeSpan LongestShellTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time of <c>run_tests</c>. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Agent:Tools:TestTimeout must be between 1 second and 1 day.")]
    public TimeSpan TestTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time of one call of the other tools. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Agent:Tools:FileToolTimeout must be between 1 second and 1 hour.")]
    public TimeSpan FileToolTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Characters of a command's output that the model reads; the middle is cut. Default 8,000.</summary>
    [Range(500, 1_000_000, ErrorMessage = "Agent:Tools:OutputCharacters must be between 500 and 1,000,000.")]
    public int OutputCharacters { get; set; } = 8_000;

    /// <summary>Lines that <c>search</c> shows. Default 50.</summary>
    [Range(1, 1_000, ErrorMessage = "Agent:Tools:SearchLines must be between 1 and 1,000.")]
    public int SearchLines { get; set; } = 50;

    /// <summary>Bytes of a file that <c>edit</c> and <c>write</c> change. Default 5 MiB.</summary>
    [Range(1_024, 64 << 20, ErrorMessage = "Agent:Tools:EditableFileBytes must be between 1,024 and 67,108,864.")]
    public int EditableFileBytes { get; set; } = 5 << 20;

    /// <summary>Leaves out what changes files, for questions about a repository. Default <see langword="false"/>.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The same limits for a question about a repository.</summary>
    internal ToolboxOptions ForQuestions()
    {
        var options = (ToolboxOptions)MemberwiseClone();
        options.ReadOnly = true;
        return options;
    }
}
