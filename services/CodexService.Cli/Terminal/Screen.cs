using System.Text;
using Spectre.Console;

namespace CodexService.Cli.Terminal;

/// <summary>One output stream: a terminal that shows colours and moves its cursor, or a plain text sink.</summary>
internal sealed class Screen
{
    private Screen(TextWriter writer, IAnsiConsole console, bool isTerminal)
    {
        Writer = writer;
        Console = console;
        IsTerminal = isTerminal;
    }

    /// <summary>For bytes that must arrive as they are: patches, JSON.</summary>
    public TextWriter Writer { get; }

    /// <summary>For formatted text.</summary>
    public IAnsiConsole Console { get; }

    public bool IsTerminal { get; }

    public int Width => Console.Profile.Width;

    public static Screen Create(TextWriter writer, bool isTerminal, bool colours, Func<int> width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new Output(writer, isTerminal, width),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = true;
        return new Screen(writer, console, isTerminal);
    }

    /// <summary>One line of markup. Without a terminal it is never wrapped or cut.</summary>
    public void Line(string markup)
    {
        if (IsTerminal)
        {
            Console.MarkupLine(markup);
        }
        else
        {
            Writer.WriteLine(Markup.Remove(markup));
        }
    }

    public void Line() => Writer.WriteLine();

    private sealed class Output(TextWriter writer, bool isTerminal, Func<int> width) : IAnsiConsoleOutput
    {
        // Without a terminal nothing should wrap: whoever reads the file or pipe has a width of its own.
        private const int Unlimited = 10_000;

        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => isTerminal ? width() : Unlimited;

        public int Height => 50;

        public void SetEncoding(Encoding encoding)
        {
            // The process's encoding is UTF-8 everywhere this runs.
        }
    }
}
