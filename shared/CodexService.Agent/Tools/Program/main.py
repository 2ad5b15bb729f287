"""One tool call inside the sandbox: a JSON request on stdin, one JSON object on stdout.

Everything that touches the tree runs here, so the service only ever sees bounded text. The tree is hostile: nothing in
it is imported, links are resolved before they are judged, and only regular files are opened.
Works on Python 3.6 and newer, with the standard library alone.
"""
import json
import os
import sys

# Isolated mode leaves the program's own folder out of the path.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from files import Refusal, Workspace  # noqa: E402


def run(request):
    workspace = Workspace(request['workspace'], request['patience'])
    name = request['tool']
    if name == 'view':
        import viewing
        return viewing.view(workspace, request)
    if name == 'search':
        import searching
        return searching.search(workspace, request)
    if name == 'edit':
        import editing
        return editing.edit(workspace, request)
    if name == 'write':
        import editing
        return editing.write(workspace, request)
    import tree
    if name == 'start':
        # Compiles what later calls need.
        import editing  # noqa: F401
        import searching  # noqa: F401
        import viewing  # noqa: F401
        return tree.start(workspace)
    return {'tree': tree.fingerprint(workspace)}


def main():
    request = json.loads(sys.stdin.buffer.read().decode('utf-8'))
    try:
        answer = run(request)
    except Refusal as refusal:
        answer = {'error': True, 'text': str(refusal)}
    except OSError as error:
        answer = {'error': True, 'text': '%s: %s' % (request.get('path') or 'the workspace', error.strerror or error)}
    except (MemoryError, RecursionError):
        answer = {'error': True, 'text': 'the file is too large or too deeply nested for this tool; use shell'}
    # What is not UTF-8 in the tree must not make the answer unreadable.
    data = json.dumps(answer, ensure_ascii=False).encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')
    sys.stdout.buffer.write(data.encode('utf-8'))


main()
