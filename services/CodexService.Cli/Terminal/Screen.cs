using System.Text;
using Spectre.Console;

namespace CodexService.Cli.Terminal;

/// <summary>One output stream: a terminal that shows colours and moves its cursor, or a plain text sink.</summary>
internal sealed class Screen
{
    private const int Unlimited = 1_000_000;

    private readonly IAnsiConsole lines;

    private Screen(TextWriter writer, IAnsiConsole console, IAnsiConsole lines, bool isTerminal)
    {
        Writer = writer;
        Console = console;
        this.lines = lines;
        IsTerminal = isTerminal;
    }

    /// <summary>For bytes that must arrive as they are: patches, JSON.</summary>
    public TextWriter Writer { get; }

    /// <summary>For displays that fit the terminal's width. It breaks and cuts what is wider: for text there is <see cref="Line(string)"/>.</summary>
    public IAnsiConsole Console { get; }

    public bool IsTerminal { get; }

    public int Width => Console.Profile.Width;

    public static Screen Create(TextWriter writer, bool isTerminal, bool colours, Func<int> width)
    {
        IAnsiConsole Create(Func<int> room)
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = isTerminal && colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new Output(writer, isTerminal, room),
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            });
            console.Profile.Capabilities.Unicode = true;
            return console;
        }

        // Without a terminal nothing has a width: whoever reads the file or pipe has one of its own.
        return new Screen(writer, Create(isTerminal ? width : () => Unlimited), Create(() => Unlimited), isTerminal);
    }

    /// <summary>
    /// One line of markup, however long. A terminal shows a long one over several rows and copies it whole; a line break put there
    /// instead would cut the addresses, paths and commands that people copy.
    /// </summary>
    public void Line(string markup)
    {
        if (IsTerminal)
        {
            lines.MarkupLine(markup);
        }
        else
        {
            Writer.WriteLine(Markup.Remove(markup));
        }
    }

    public void Line() => Writer.WriteLine();

    /// <summary>An address as it is, alone on its line: to be clicked, or copied as a whole line.</summary>
    public void Link(string address) => Writer.WriteLine(address);

    private sealed class Output(TextWriter writer, bool isTerminal, Func<int> width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => width();

        public int Height => 50;

        public void SetEncoding(Encoding encoding)
        {
            // The process's encoding is UTF-8 everywhere this runs.
        }
    }
}
