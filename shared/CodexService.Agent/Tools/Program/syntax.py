"""Whether a file parses, by its name. Content is checked before it is written, so nothing has to be rolled back."""
import json
import os
import re

LARGEST = 1 << 20


class Problem:
    def __init__(self, line, message):
        self.line, self.message = line, ('line %d: %s' % (line, message) if line else message)


def check(workspace, real, data):
    """The first problem, or None when the file parses or when nothing here can tell."""
    if len(data) > LARGEST:
        return None
    name = os.path.basename(real).lower()
    checker = {'.py': python, '.pyi': python, '.js': javascript, '.mjs': javascript, '.cjs': javascript, '.ts': typescript,
               '.tsx': typescript, '.mts': typescript, '.cts': typescript, '.json': plain_json, '.yml': yaml, '.yaml': yaml,
               '.cs': csharp}.get(os.path.splitext(name)[1])
    try:
        return checker(workspace, real, data) if checker else None
    except OSError:
        return None


def program(name):
    """Where a program is, or None."""
    folders = os.environ.get('PATH', os.defpath).split(os.pathsep)
    return next((path for path in (os.path.join(f, name) for f in folders if f) if os.access(path, os.X_OK) and os.path.isfile(path)), None)


def python(workspace, real, data):
    import ast
    import warnings
    warnings.simplefilter('ignore')
    try:
        ast.parse(data)
    except SyntaxError as error:
        return Problem(error.lineno, error.msg)
    except ValueError as error:
        return Problem(None, str(error))
    except (RecursionError, MemoryError):
        return None
    return None


def plain_json(workspace, real, data):
    name = os.path.basename(real).lower()
    # These allow comments and trailing commas.
    if re.match(r'(ts|js)config|devcontainer|\.|api-extractor|deno|biome|turbo|nx|wrangler', name) or \
            re.search(r'/\.(vscode|devcontainer)/', real):
        return None
    try:
        json.loads(data.decode('utf-8-sig'))
    except json.JSONDecodeError as error:
        return Problem(error.lineno, error.msg)
    except UnicodeDecodeError:
        return Problem(None, 'JSON must be UTF-8')
    except RecursionError:
        return None
    return None


def outside(workspace, command, data, suffix, pattern):
    """Runs a checker on a copy outside the tree and reads line and message from what it says; one that takes long says nothing."""
    import subprocess
    import tempfile
    with tempfile.TemporaryDirectory(prefix='codex-check-') as temporary:
        path = os.path.join(temporary, 'checked' + suffix)
        with open(path, 'wb') as stream:
            stream.write(data)
        try:
            done = subprocess.run([part.replace('{}', path) for part in command], cwd=temporary, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=workspace.patience)
        except subprocess.TimeoutExpired:
            return 0, '', None
    output = done.stdout.decode('utf-8', 'replace')
    found = re.search(pattern, output, re.MULTILINE)
    return done.returncode, output, found


def javascript(workspace, real, data):
    if not program('node'):
        return None
    suffix = os.path.splitext(real)[1].lower()
    kinds = [suffix]
    if suffix == '.js':
        kinds = ['.mjs'] if package_type(workspace, real) == 'module' else ['.cjs', '.mjs']
        if len(kinds) == 2 and not re.search(br'^\s*(import|export)\b|\bawait\b', data, re.MULTILINE):
            kinds = ['.cjs']
    problem = None
    for kind in kinds:
        code, output, found = outside(workspace, ['node', '--check', '{}'], data, kind, r'checked\.[cm]js:(\d+)')
        if code == 0:
            return None
        message = re.search(r'^(SyntaxError: .*)$', output, re.MULTILINE)
        if not message:
            return None
        problem = Problem(int(found.group(1)) if found else None, message.group(1))
    return problem


def package_type(workspace, real):
    folder = os.path.dirname(real)
    while folder.startswith(workspace.root):
        path = os.path.join(folder, 'package.json')
        if os.path.isfile(path):
            try:
                with open(path, 'rb') as stream:
                    return json.loads(stream.read(LARGEST).decode('utf-8-sig')).get('type')
            except (ValueError, AttributeError, OSError):
                return None
        folder = os.path.dirname(folder)
    return None


# Parses only: types are the tests' business.
TRANSPILE = '''
const ts = require(process.argv[1]), source = require("fs").readFileSync(process.argv[2], "utf8");
const all = ts.transpileModule(source, { reportDiagnostics: true, fileName: process.argv[3],
  compilerOptions: { jsx: 1, target: 99, module: 99 } }).diagnostics || [];
// Codes of syntax, and of JSX among them.
const bad = all.filter(d => d.category === 1 && (d.code < 2000 || (d.code >= 17000 && d.code < 18000)))[0];
if (bad) {
  const line = source.slice(0, bad.start).split("\\n").length;
  console.log("TS " + line + " " + ts.flattenDiagnosticMessageText(bad.messageText, " "));
  process.exit(1);
}
'''


def typescript(workspace, real, data):
    compiler = typescript_compiler(workspace, real)
    if not compiler or not program('node'):
        return None
    suffix = os.path.splitext(real)[1].lower()
    code, _, found = outside(workspace, ['node', '-e', TRANSPILE, compiler, '{}', 'checked' + suffix], data, suffix, r'^TS (\d+) (.*)$')
    return Problem(int(found.group(1)), found.group(2)) if code and found else None


def typescript_compiler(workspace, real):
    folders, folder = [], os.path.dirname(real)
    while folder.startswith(workspace.root):
        folders.append(os.path.join(folder, 'node_modules'))
        folder = os.path.dirname(folder)
    tsc = program('tsc')
    folders += ['/usr/local/lib/node_modules', '/usr/lib/node_modules', '/usr/share/nodejs']
    paths = [os.path.join(f, 'typescript', 'lib', 'typescript.js') for f in folders]
    if tsc:
        paths.append(os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(tsc))), 'lib', 'typescript.js'))
    return next((path for path in paths if os.path.isfile(path)), None)


# Not in this process, which runs without site packages.
PARSE_YAML = '''
import sys
try:
    import yaml
except ImportError:
    sys.exit(0)
try:
    for _ in yaml.parse(open(sys.argv[1], "rb"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        pass
except yaml.MarkedYAMLError as e:
    mark = e.problem_mark or e.context_mark
    print("YAML %d %s" % (mark.line + 1 if mark else 1, e.problem or e.context))
    sys.exit(1)
except yaml.YAMLError as e:
    print("YAML 1 " + str(e).split(chr(10))[0])
    sys.exit(1)
'''


def yaml(workspace, real, data):
    code, _, found = outside(workspace, ['python3', '-I', '-c', PARSE_YAML, '{}'], data, '.yml', r'^YAML (\d+) (.*)$')
    return Problem(int(found.group(1)), found.group(2)) if code and found else None


def csharp(workspace, real, data):
    compiler = csharp_compiler()
    if not compiler:
        return None
    # Without references a file that parses always fails with CS0518 or the like, later than parsing.
    code, output, found = outside(
        workspace, compiler + ['-nologo', '-noconfig', '-nostdlib', '-langversion:preview', '-t:library', '-out:{}.dll', '{}'], data, '.cs',
        r'checked\.cs\((\d+),\d+\): error (CS\d+: .*)$')
    if code == 0 or not found or 'error CS0518' in output:
        return None
    return Problem(int(found.group(1)), found.group(2))


def csharp_compiler():
    dotnet = program('dotnet')
    if not dotnet:
        return None
    sdks = os.path.join(os.path.dirname(os.path.realpath(dotnet)), 'sdk')
    found = [os.path.join(sdks, version, 'Roslyn', 'bincore', 'csc.dll') for version in (os.listdir(sdks) if os.path.isdir(sdks) else [])]
    found = sorted(path for path in found if os.path.isfile(path))
    return [dotnet, 'exec', found[-1]] if found else None
