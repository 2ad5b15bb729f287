namespace CodexService.Agent.Tests.Tools.EditConformance;

/// <summary>Text that a small model copies with small mistakes that leave no doubt.</summary>
internal static class TolerantCases
{
    private const string Class = "class A:\n    def f(self):\n        x = 1\n        return x\n\n    def g(self):\n        return 2\n";
    private const string Go = "func f() {\n\tif x {\n\t\treturn 1\n\t}\n}\n";

    public static IEnumerable<EditCase> All =>
    [
        new("trailing whitespace of the file not copied", "a  \nb\t\nc\n", "a\nb\n", "x\nb\n", "x\nb\t\nc\n"),
        new("trailing whitespace that is not in the file", "a\nb\nc\n", "a \nb  \n", "x\nb\n", "x\nb\nc\n"),
        new("whitespace on an empty line not copied", "a\n    \nb\n", "a\n\nb", "a\n\nx", "a\n    \nx\n"),
        new("trailing whitespace and CRLF", "a  \r\nb\r\nc\r\n", "a\nb\n", "x\ny\n", "x\r\ny\r\nc\r\n"),
        new("final newline that is not in the file", "a\nb", "b\n", "c\n", "a\nc"),
        new("final newline that is not in the file, two lines", "a\nb", "a\nb\n", "a\nc\n", "a\nc"),
        new("indentation left out", Class, "def g(self):\n    return 2\n", "def g(self):\n    return 3\n", Class.Replace("return 2", "return 3")),
        new("indentation left out, deeper line added", Class, "x = 1\nreturn x", "x = 1\nif x:\n    x = 2\nreturn x", Class.Replace("        x = 1\n", "        x = 1\n        if x:\n            x = 2\n")),
        new("too much indentation", "def f():\n    a = 1\n    return a\n", "        a = 1\n        return a\n", "        a = 2\n        return a\n", "def f():\n    a = 2\n    return a\n"),
        new("first line trimmed", Class, "x = 1 \n        return x", "x = 5\n        return x", Class.Replace("x = 1", "x = 5")),
        new("first line trimmed, lines added", Class, "x = 1 \n        return x", "x = 1\n        y = 2\n        return x + y", Class.Replace("        return x\n", "        y = 2\n        return x + y\n")),
        new("spaces for tabs", Go, "    if x {\n        return 1\n    }", "    if x {\n        return 2\n    }", Go.Replace("return 1", "return 2")),
        new("spaces for tabs, deeper line added", Go, "    if x {\n        return 1\n    }", "    if x {\n        if y {\n            return 2\n        }\n        return 1\n    }", "func f() {\n\tif x {\n\t\tif y {\n\t\t\treturn 2\n\t\t}\n\t\treturn 1\n\t}\n}\n"),
        new("two spaces for tabs", Go, "  if x {\n    return 1\n  }", "  if x {\n    return 3\n  }", Go.Replace("return 1", "return 3")),
        new("one line, spaces for tabs, deeper line added", Go, "        return 1\n", "        if y {\n            return 2\n        }\n        return 1\n", "func f() {\n\tif x {\n\t\tif y {\n\t\t\treturn 2\n\t\t}\n\t\treturn 1\n\t}\n}\n"),
        new("tabs for spaces", Class, "\t\tx = 1\n\t\treturn x\n", "\t\tx = 7\n\t\treturn x\n", Class.Replace("x = 1", "x = 7")),
        new("tabs for spaces, deeper line added", Class, "\tdef g(self):\n\t\treturn 2\n", "\tdef g(self):\n\t\tif self:\n\t\t\treturn 3\n\t\treturn 2\n", Class.Replace("        return 2\n", "        if self:\n            return 3\n        return 2\n")),
        new("two spaces for four", Class, "  def g(self):\n    return 2\n", "  def g(self):\n    return 4\n", Class.Replace("return 2", "return 4")),
        new("four spaces for two", "a:\n  b:\n    c: 1\n", "    b:\n        c: 1\n", "    b:\n        c: 2\n        d: 3\n", "a:\n  b:\n    c: 2\n    d: 3\n"),
        new("indentation and CRLF", "if a:\r\n    b\r\n    c\r\nd\r\n", "b\nc\n", "b\nx\n", "if a:\r\n    b\r\n    x\r\nd\r\n"),
        new("line numbers of view", Class, "3|        x = 1\n4|        return x\n", "3|        x = 2\n4|        return x\n", Class.Replace("x = 1", "x = 2")),
        new("line numbers of view, padded", Class, " 6|    def g(self):\n 7|        return 2", " 6|    def g(self):\n 7|        return 5", Class.Replace("return 2", "return 5")),
        new("line numbers in old alone", Class, "7|        return 2", "        return 6", Class.Replace("return 2", "return 6")),
        new("line numbers and an empty line", Class, "4|        return x\n5|\n6|    def g(self):", "4|        return x\n5|\n6|    def h(self):", Class.Replace("def g", "def h")),
        new("line numbers, lines deleted", Class, "3|        x = 1\n4|        return x", "3|        return 1", Class.Replace("        x = 1\n        return x", "        return 1")),
        new("line numbers and CRLF", "a\r\nb\r\nc\r\n", "1|a\n2|b", "1|a\n2|x", "a\r\nx\r\nc\r\n"),
        new("zero-width characters not seen", "a\u200b = 1\nb = 2\n", "a = 1\n", "a = 3\n", "a = 3\nb = 2\n"),
        new("zero-width characters stay in unchanged lines", "a\u200b = 1\nb = 2  \n", "a = 1\nb = 2\n", "a = 1\nb = 3\n", "a\u200b = 1\nb = 3\n"),
        new("family emoji as the model reads it", "s = '👨\u200d👩\u200d👧'\nb\n", "s = '👨👩👧'\nb", "s = '👨👩👧'\nc", "s = '👨\u200d👩\u200d👧'\nc\n"),
        new("other encoding in an unchanged line", "# caf\uf7e9\nx = 1\n", "# caf\ufffd\nx = 1\n", "# caf\ufffd\nx = 2\n", "# caf\uf7e9\nx = 2\n"),
        new("byte order mark and first line whole", "\ufeffa = 1  \nb\n", "a = 1\nb\n", "a = 1\nc\n", "\ufeffa = 1  \nc\n"),
        new("empty lines around both", "a\nb\nc\n", "\nb\n", "\nx\n", "a\nx\nc\n"),
        new("all, indentation left out", "if a:\n    x = 1\n    y\nif b:\n        x = 1\n        y\n", "x = 1\ny \n", "x = 2\ny\n", "if a:\n    x = 2\n    y\nif b:\n        x = 2\n        y\n") { All = true },
    ];
}
