"""Files with line numbers, matches inside a file, and folders."""
import os
import re
import stat

from files import Refusal, binary, cut_line, numbered, read_file, shown, split_lines

LARGEST_FILE = 50 << 20
MOST_LINES = 100
MOST_ENTRIES = 100
MOST_MATCHES = 12
CONTEXT = 3


def view(workspace, request):
    path = request['path']
    real = workspace.resolve(path)
    try:
        mode = os.stat(real).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise workspace.missing(path)
    name = shown(workspace.relative(real))
    if stat.S_ISDIR(mode):
        return {'text': folder(real, name), 'line': 'listed %s' % name}
    data = read_file(real, path, LARGEST_FILE)
    why = binary(data)
    if why:
        raise Refusal('%s %s and has no lines to show' % (name, why))
    lines = split_lines(data.decode('utf-8', 'surrogateescape'))
    if not lines:
        return {'text': '%s is empty' % name}
    if request.get('find'):
        return find(name, lines, request['find'])
    start = max(1, request.get('start') or 1)
    if start > len(lines):
        raise Refusal('%s has %d lines; start %d is past its end' % (name, len(lines), start))
    count = max(1, min(request.get('lines') or MOST_LINES, MOST_LINES))
    part = lines[start - 1:start - 1 + count]
    end = start - 1 + len(part)
    head = '%s, lines %d-%d of %d' % (name, start, end, len(lines))
    more = '' if end == len(lines) else '\n(%d more lines: start=%d)' % (len(lines) - end, end + 1)
    return {'text': '%s\n%s%s' % (head, numbered(part, start), more), 'line': head}


def find(name, lines, what):
    needle = split_lines(what)[0] if split_lines(what) else what
    note = '' if needle == what.rstrip('\n') else ' (looked for the first line only)'
    hits = [i for i, line in enumerate(lines) if needle in line]
    if not hits:
        hits = [i for i, line in enumerate(lines) if needle.lower() in line.lower()]
        note += ' (ignoring case)' if hits else ''
    pattern = None
    if not hits:
        try:
            pattern = re.compile(needle)
            hits = [i for i, line in enumerate(lines) if pattern.search(line[:10000])]
            note += ' (as a regular expression)' if hits else ''
        except re.error:
            pattern = None
    if not hits:
        raise Refusal('"%s" is not in %s (%d lines), not even ignoring case' % (cut_line(needle, 100), name, len(lines)))
    shown_hits = hits[:MOST_MATCHES]
    wanted = sorted({j for i in shown_hits for j in range(max(0, i - CONTEXT), min(len(lines), i + CONTEXT + 1))})[:MOST_LINES]
    width = len(str(wanted[-1] + 1))
    matched, text, previous = set(hits), [], None
    for i in wanted:
        if previous is not None and i != previous + 1:
            text.append('…')
        previous = i
        at = 0
        if i in matched:
            hit = pattern.search(lines[i][:10000]) if pattern else None
            at = hit.start() if hit else max(0, lines[i].lower().find(needle.lower()))
        text.append('%*d|%s' % (width, i + 1, cut_line(lines[i], at=at)))
    head = '%s, %d of %d lines match%s: %s' % (
        name, len(hits), len(lines), note, ', '.join(str(i + 1) for i in hits[:30]) + (', …' if len(hits) > 30 else ''))
    left = len(hits) - len([i for i in wanted if i in matched])
    return {'text': head + '\n' + '\n'.join(text) + ('\n(%d more matches not shown)' % left if left else ''), 'line': head}


def folder(real, name):
    """Two levels of a folder, at most MOST_ENTRIES entries."""
    entries = children(real)
    lines, left = [], 0
    deep = len(entries) <= MOST_ENTRIES // 2
    for entry in entries:
        if len(lines) >= MOST_ENTRIES:
            left += 1
            continue
        lines.append(describe(entry))
        if deep and entry.is_dir(follow_symlinks=False) and entry.name not in ('node_modules', '__pycache__'):
            below = children(entry.path)
            room = min(len(below), 15, MOST_ENTRIES - len(lines))
            lines += ['  ' + describe(child) for child in below[:room]]
            if len(below) > room:
                lines.append('  … %d more' % (len(below) - room))
    text = '%s, %d entries' % (name + '/', len(entries))
    return '\n'.join([text] + lines + (['… %d more entries' % left] if left else []))


def children(path):
    try:
        entries = [e for e in os.scandir(path) if e.name != '.git']
    except OSError:
        return []
    return sorted(entries, key=lambda e: (not e.is_dir(follow_symlinks=False), e.name))


def describe(entry):
    name = shown(entry.name)
    if entry.is_symlink():
        return '%s -> %s' % (name, shown(os.readlink(entry.path)))
    if entry.is_dir(follow_symlinks=False):
        return name + '/'
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        return name + ' (not a file)'
    return '%s (%s bytes)' % (name, format(status.st_size, ','))
