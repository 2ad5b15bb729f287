"""Files and symbols of the repository in the current folder, likely files first.

Reads {"words": [...], "prompt": "...", "most_files": n} as JSON on stdin; writes one JSON line per file:
{"path": ..., "score": n, "symbols": [...]}. Needs nothing but git and the standard library.
"""
import ast
import json
import os
import re
import subprocess
import sys

MOST_READ = 3000
MOST_BYTES = 300_000
MOST_SYMBOLS = 40
# Files whose symbols tell something, and how to find them where there is no parser at hand.
IDENT = r"[A-Za-z_$][\w$]*"
SCRIPT = re.compile(
    rf"^(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:async\s+)?(?:(class|interface|enum|type)\s+({IDENT})|function\s*\*?\s*({IDENT})\s*(\([^)\n]*\)?))"
    rf"|^(?:export\s+)?(?:const|let|var)\s+({IDENT})\s*=\s*(?:async\s*)?(?:function\b|\([^)\n]*\)\s*=>|{IDENT}\s*=>)"
    rf"|^[ \t]+(?:static\s+|async\s+|get\s+|set\s+|public\s+|private\s+|protected\s+)*(?!if\b|for\b|while\b|switch\b|catch\b|return\b|function\b)({IDENT})\s*(\([^)\n]*\))\s*(?::[^{{\n]+)?\{{",
    re.M,
)
TYPED = re.compile(
    r"^[ \t]*(?:\[[^\]\n]*\]\s*)?(?:(?:public|private|protected|internal|static|sealed|abstract|partial|final|override|virtual|async|readonly|synchronized|default)\s+)*"
    r"(?:(class|interface|enum|struct|record(?:\s+(?:class|struct))?)\s+(\w+)|(?!return\b|new\b|else\b|throw\b|using\b|await\b|package\b|import\b)[\w<>\[\],.?]+\s+(\w+)\s*(\([^)\n;]*\)?)\s*(?:throws [\w, .]+)?(?:\{|=>|$))",
    re.M,
)
GO = re.compile(r"^(?:func\s+(?:\([^)]*\)\s*)?(\w+)(\([^)\n]*\))|type\s+(\w+)\s+(?:struct|interface|func|\w))", re.M)
RUST = re.compile(r"^\s*(?:pub(?:\([^)]*\))?\s+)?(?:async\s+|unsafe\s+|const\s+)*(fn|struct|enum|trait|mod)\s+(\w+)", re.M)
RUBY = re.compile(r"^\s*(def|class|module)\s+([\w.:?!]+)", re.M)
PHP = re.compile(r"^\s*(?:(?:abstract|final|public|private|protected|static)\s+)*(function|class|interface|trait)\s+(\w+)", re.M)
C = re.compile(r"^(?!return\b|else\b|typedef\b|static_assert\b)[A-Za-z_][\w\s*&:<>,~]*?\b(\w+)(\([^;{}\n]*\)?)\s*(?:const\s*)?\{?$", re.M)
GENERATED = re.compile(r"(^|/)(node_modules|vendor|dist|build|third_party|\.git)/|\.min\.(js|css)$|(^|/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|.*\.lock)$")
SOURCE = (".py", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".cs", ".java", ".kt", ".go", ".rs", ".rb", ".php", ".c", ".h", ".cc", ".cpp", ".hpp")


def python_symbols(text):
    found = []

    def arguments(node):
        names = [a.arg for a in node.args.posonlyargs + node.args.args + node.args.kwonlyargs]
        return ", ".join(n for n in names if n not in ("self", "cls"))

    def walk(body, prefix):
        for node in body:
            if isinstance(node, ast.ClassDef):
                found.append(f"class {prefix}{node.name}")
                walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if not (node.name.startswith("__") and node.name != "__init__"):
                    found.append(f"{prefix}{node.name}({arguments(node)})")

    walk(ast.parse(text).body, "")
    return found


def script_symbols(text):
    for m in SCRIPT.finditer(text):
        kind, name, function, args, constant, method, method_args = m.groups()
        yield f"{kind} {name}" if name else f"{function}{args or ''}" if function else constant if constant else f"{method}{method_args}"


def typed_symbols(text):
    for m in TYPED.finditer(text):
        kind, name, method, args = m.groups()
        yield f"{kind} {name}" if name else f"{method}{args}"


def symbols(path, text):
    ending = os.path.splitext(path)[1].lower()
    try:
        if ending == ".py":
            return python_symbols(text)
        if ending in (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs"):
            return list(script_symbols(text))
        if ending in (".cs", ".java", ".kt"):
            return list(typed_symbols(text))
        if ending == ".go":
            return [f"{m[0]}{m[1]}" if m[0] else f"type {m[2]}" for m in GO.findall(text)]
        for endings, expression in (((".rs",), RUST), ((".rb",), RUBY), ((".php",), PHP)):
            if ending in endings:
                return [" ".join(m) for m in expression.findall(text)]
        if ending in (".c", ".h", ".cc", ".cpp", ".hpp"):
            return ["".join(m) for m in C.findall(text)]
    except (SyntaxError, ValueError, RecursionError):
        pass
    return []


def parts(text):
    """The words of names: snake_case, CamelCase and paths taken apart."""
    return {w.lower() for w in re.findall(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|[a-z0-9]{3,}", text)}


def score(path, found, text, words, prompt):
    name = os.path.basename(path)
    stem = os.path.splitext(name)[0]
    points = 0
    if path in prompt:
        points += 100
    elif name in prompt and len(name) > 3:
        points += 60
    elif len(stem) > 3 and re.search(rf"\b{re.escape(stem)}\b", prompt):
        points += 30
    points += 8 * len(parts(path) & words)
    for symbol in found:
        bare = re.split(r"[(\s.]", symbol.split(" ", 1)[-1].rsplit(".", 1)[-1] if "(" not in symbol else symbol.split("(")[0].rsplit(".", 1)[-1])[0]
        if len(bare) > 2 and re.search(rf"\b{re.escape(bare)}\b", prompt):
            points += 25
    points += min(12, 2 * len(parts(" ".join(found)) & words))
    points += min(6, sum(1 for w in words if len(w) > 4 and w in text))
    return points


def main():
    asked = json.load(sys.stdin)
    words, prompt = set(asked["words"]), asked["prompt"]
    environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", GIT_OPTIONAL_LOCKS="0")
    listed = subprocess.run(["git", "ls-files", "-z"], stdout=subprocess.PIPE, env=environment, check=True).stdout
    paths = [p for p in listed.decode("utf-8", "replace").split("\0") if p]
    # Source first, so that what is read within the limit is what has symbols.
    paths.sort(key=lambda p: (bool(GENERATED.search(p)), not p.lower().endswith(SOURCE), p.count("/"), p))
    files = []
    for index, path in enumerate(paths):
        text, found = "", []
        if index < MOST_READ and not GENERATED.search(path) and os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path) <= MOST_BYTES:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            if path.lower().endswith(SOURCE):
                found = list(dict.fromkeys(symbols(path, text)))
        points = score(path, found, text.lower(), words, prompt) - (50 if GENERATED.search(path) else 0)
        files.append((points, index, path, found))
    files.sort(key=lambda f: (-f[0], f[1]))
    for points, _, path, found in files[: asked["most_files"]]:
        print(json.dumps({"path": path, "score": points, "symbols": [" ".join(s.split())[:100] for s in found[:MOST_SYMBOLS]]}))
    print(json.dumps({"files": len(paths)}))


main()
