"""One Python source file: its text, its syntax tree and the exact place of every node.

Offsets are byte offsets into the UTF-8 data, as the columns of ``ast`` are; edits replace exact spans, so formatting
and comments of everything else stay as they are.
"""

import ast
from typing import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.List, ast.Dict, ast.Set, ast.ListComp,
         ast.SetComp, ast.DictComp, ast.JoinedStr)
OPERATORS = (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.Attribute, ast.Subscript, ast.Await, ast.Starred,
             ast.Call, ast.IfExp)


class Edit(NamedTuple):
    start: int
    end: int
    text: str


class Source:
    def __init__(self, path, rel, data):
        self.path = path
        self.rel = rel
        self.data = data
        self.tree = ast.parse(data)
        self.lines = data.split(b"\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.newline = "\r\n" if b"\r\n" in data else "\n"
        self.parents = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    @classmethod
    def read(cls, path, rel):
        """None when the file is not a plain UTF-8 Python file of reasonable size."""
        try:
            with open(path, "rb") as file:
                data = file.read(1 << 20)
            if len(data) == 1 << 20 or data.startswith(b"\xef\xbb\xbf"):
                return None
            data.decode("utf-8")
            return cls(path, rel, data)
        except (OSError, SyntaxError, ValueError, RecursionError):
            return None

    def start(self, node):
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node):
        return self.data[self.start(node):self.end(node)].decode("utf-8")

    def operand(self, node):
        """The node's text, safe as an operand of anything."""
        text = self.text(node)
        return text if isinstance(node, ATOMS) and not is_number(node) else f"({text})"

    def inside(self, node, replaced):
        """The node's text, in parentheses when the place of the replaced node needs them."""
        text = self.text(node)
        if isinstance(node, ATOMS) or not isinstance(self.parents.get(replaced), OPERATORS):
            return text if not isinstance(node, (ast.GeneratorExp, ast.Yield, ast.NamedExpr)) else f"({text})"
        if isinstance(self.parents.get(replaced), (ast.Call, ast.Subscript)) and not is_receiver(self, replaced):
            return text
        start, end = self.start(replaced), self.end(replaced)
        if self.data[start - 1:start] == b"(" and self.data[end:end + 1] == b")":
            return text
        return f"({text})"

    def replace_bare(self, node, part):
        """Replaces an expression by a part of it; parentheses that become useless go too."""
        start, end = self.start(node), self.end(node)
        parent = self.parents.get(node)
        grouped = isinstance(parent, (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp))
        if grouped and isinstance(part, ATOMS) and self.data[start - 1:start] == b"(" and self.data[end:end + 1] == b")":
            return Edit(start - 1, end + 1, self.text(part))
        return Edit(start, end, self.inside(part, node))

    def replace(self, node, text):
        return Edit(self.start(node), self.end(node), text)

    def between(self, left, right):
        return self.end(left), self.start(right)

    def token(self, start, end, tokens):
        """The span of the first of the given operator tokens in a gap between two nodes, comments left out."""
        position = start
        while position < end:
            if self.data[position:position + 1] == b"#":
                position = self.data.find(b"\n", position)
                if position < 0:
                    return None
            for token in tokens:
                words = token.split(" ")
                stop = match_words(self.data, position, end, words)
                if stop:
                    return position, stop
            position += 1
        return None

    def statement(self, node):
        while node is not None and not isinstance(node, ast.stmt):
            node = self.parents.get(node)
        return node

    def function(self, node):
        """The innermost function around the node, or None."""
        node = self.parents.get(node)
        while node is not None and not isinstance(node, FUNCTIONS):
            node = self.parents.get(node)
        return node

    def class_of(self, node):
        node = self.parents.get(node)
        while node is not None and not isinstance(node, ast.ClassDef):
            node = self.parents.get(node)
        return node

    def qualified_name(self, node):
        names = []
        while node is not None:
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                names.append(node.name)
            node = self.parents.get(node)
        return ".".join(reversed(names))

    def header_lines(self, statement):
        """The lines of a statement without the lines of the statements inside it."""
        last = statement.end_lineno
        body = getattr(statement, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], (ast.stmt, ast.ExceptHandler)):
            last = max(statement.lineno, body[0].lineno - 1)
        first = statement.lineno
        return range(first, last + 1)

    def indent(self, statement):
        """The indentation of a statement that begins its line, else None."""
        line = self.lines[statement.lineno - 1]
        before = line[:statement.col_offset]
        return before.decode("utf-8") if not before.strip() else None

    def whole_lines(self, statement):
        """The span of the lines of a statement that shares them with nothing else, else None."""
        if self.indent(statement) is None:
            return None
        start = self.starts[statement.lineno - 1]
        if getattr(statement, "decorator_list", None):
            start = self.starts[statement.decorator_list[0].lineno - 1]
        rest = self.lines[statement.end_lineno - 1][statement.end_col_offset:].strip()
        if rest and not rest.startswith(b"#"):
            return None
        return start, min(self.starts[statement.end_lineno], len(self.data))


def is_number(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def is_receiver(source, node):
    parent = source.parents.get(node)
    return getattr(parent, "func", None) is node or getattr(parent, "value", None) is node


def match_words(data, position, end, words):
    for index, word in enumerate(words):
        raw = word.encode()
        if index:
            while position < end and data[position:position + 1] in b" \t\r\n\\":
                position += 1
        if data[position:position + len(raw)] != raw or position + len(raw) > end:
            return None
        position += len(raw)
    return position


def apply_edits(data, edits):
    """The data with all edits made; None when edits overlap."""
    result = []
    position = 0
    for edit in sorted(edits):
        if edit.start < position:
            return None
        result.append(data[position:edit.start])
        result.append(edit.text.encode("utf-8"))
        position = edit.end
    result.append(data[position:])
    return b"".join(result)
