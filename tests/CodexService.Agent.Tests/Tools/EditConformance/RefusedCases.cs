namespace CodexService.Agent.Tests.Tools.EditConformance;

/// <summary>Edits whose meaning is in doubt, or that would do harm: nothing may change.</summary>
internal static class RefusedCases
{
    private const string Twice = "def f():\n    x = 1\n    return x\n\ndef g():\n    x = 1\n    return x\n";

    public static IEnumerable<EditCase> All =>
    [
        Refused("found twice", "a\nb\na\n", "a", "x"),
        Refused("found twice, several lines", Twice, "    x = 1\n    return x\n", "    x = 2\n    return x\n"),
        Refused("found twice apart from line ends", "a\nb\r\na\r\nb\n", "a\nb", "x\ny"),
        Refused("found twice overlapping", "aaa\n", "aa", "b"),
        Refused("found twice apart from indentation", "if a:\n  x = 1\n  y\nif b:\n    x = 1\n    y\n", "x = 1\ny \n", "x = 2\ny\n"),
        Refused("found twice apart from trailing whitespace", "a  \nb\na\t\nb\n", "a\nb\n", "x\nb\n"),
        Refused("found twice after line numbers are gone", "a\nb\na\n", "1|a", "1|x"),
        Refused("not there", "a\nb\n", "zzz", "x"),
        Refused("near miss: another number", "timeout = 30\n", "timeout = 60", "timeout = 90"),
        Refused("near miss: another case", "Return x\n", "return x", "return y"),
        Refused("near miss: another quote", "s = 'a'\n", "s = \"a\"", "s = \"b\""),
        Refused("near miss: typographic quote", "s = 'a'\n", "s = ‘a’", "s = 'b'"),
        Refused("near miss: whitespace inside the line", "f(a,  b)\n", "f(a, b)", "f(b, a)"),
        Refused("near miss: a line left out", "a\nb\nc\n", "a\nc", "x"),
        Refused("near miss: an extra line", "a\nc\n", "a\nb\nc", "x"),
        Refused("near miss: an empty line left out", "a\n\nb\n", "a\nb", "x"),
        Refused("near miss: half of the block is right", "def f():\n    a = 1\n    b = 2\n", "    a = 1\n    b = 3\n", "    a = 2\n    b = 3\n"),
        Refused("near miss: part of lines with other indentation", "\tvalue = compute(a)\n\tuse(value)\n", "  value = compute(a)\n  use(va", "  x"),
        Refused("indentation flattened, structure lost", "def f():\n    if a:\n        b()\n    c()\n", "def f():\nif a:\nb()\nc()\n", "def f():\nif a:\nd()\nc()\n"),
        Refused("indentation that does not follow the file", "if a:\n    b()\n        # note\n    c()\n", "  b()\n    # note\n      c()\n", "  b()\n    # note\n      d()\n"),
        Refused("new less indented than can be", "def f():\n    a = 1\n    return a\n", "        a = 1\n        return a\n", "a = 2\n        return a\n"),
        Refused("nothing changes", "a\nb\n", "a", "a"),
        Refused("nothing changes apart from line ends", "a\r\nb\r\n", "a\r\nb", "a\nb"),
        Refused("nothing changes apart from trailing whitespace of a line that stays", "\ta = 1\n\tb\n", "    a = 1\n    b\n", "    a = 1 \n    b\n"),
        Refused("empty old on a file with content", "a\n", "", "b\n"),
        Refused("only whitespace as old, many places", "a\n\nb\n\nc\n", "\n", "x\n"),
        Refused("line numbers in new alone", "a\nb\nc\n", "a\nb", "1|a\n2|x"),
        Refused("line numbers on some lines of new", "a\nb\nc\n", "1|a\n2|b", "1|a\nx\n2|b"),
        Refused("line numbers with another text", "a\nb\n", "1|a\n2|z", "1|a\n2|y"),
        Refused("announcement of a cut line", $"{new string('x', 900)}\n", $"{new string('x', 500)} … 400 more characters", "y"),
        Refused("placeholder instead of text", "def f():\n    a\n    b\n", "    a\n    b\n", "    c\n    # ... rest of the code unchanged\n"),
        Refused("bytes of another encoding would be lost", "x = 'caf\uf7e9'\ny\n", "x = 'caf\ufffd'\ny\n", "x = 'caf\ufffd!'\ny\n"),
        Refused("binary file", "a\0b\n", "b", "c"),
        Refused("NUL in new", "a\n", "a", "b\0"),
        Refused("Python broken", "def f(a):\n    return a\n", "def f(a):", "def f(a:", "a.py"),
        Refused("Python indentation broken", "def f(a):\n    b = 1\n    return a\n", "    b = 1\n", "  b = 1\n", "a.py"),
        Refused("JSON broken", "{\"a\": 1}\n", "1", "1,", "a.json"),
    ];

    private static EditCase Refused(string name, string file, string old, string @new, string path = "folder/file.txt") =>
        new(name, file, old, @new, Expected: null) { Path = path };
}
