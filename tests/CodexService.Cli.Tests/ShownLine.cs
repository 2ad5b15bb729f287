namespace CodexService.Cli.Tests;

/// <summary>Completes when a line that holds the text was written.</summary>
internal sealed class ShownLine(string text)
{
    private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => seen.Task;

    public void Look(string line)
    {
        if (line.Contains(text, StringComparison.Ordinal))
        {
            seen.TrySetResult();
        }
    }
}

/// <summary>What is written, with a look at each piece.</summary>
internal sealed class ShowingWriter(StringWriter inner, ShownLine shown) : TextWriter
{
    public override System.Text.Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value);

    public override void Write(string? value)
    {
        inner.Write(value);
        shown.Look(value ?? string.Empty);
    }

    public override void WriteLine(string? value)
    {
        inner.WriteLine(value);
        shown.Look(value ?? string.Empty);
    }
}
