namespace CodexService.Worker.Environments;

/// <summary>
/// What holds for the sandboxes and the brain of some repositories. Entries of the section <c>Environments</c>; the first one
/// that names a task's repository holds.
/// </summary>
public sealed class RepositoryEnvironment
{
    internal const string Section = "Environments";

    /// <summary>Name for people.</summary>
    public string Name { get; set; } = "";

    /// <summary>Local paths and clone URLs, in any case; <c>*</c> stands for any characters, <c>?</c> for one.</summary>
    public IList<string> Repositories { get; } = [];

    /// <summary>Name of the configured model for tasks that name none; <see langword="null"/> for <c>Models:Default</c>.</summary>
    public string? Model { get; set; }

    /// <summary>Image of the sandboxes; <see langword="null"/> for <c>Sandbox:Image</c>.</summary>
    public string? Image { get; set; }
}
