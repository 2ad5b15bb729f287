"""Paths of the workspace and the bytes behind them."""
import os
import stat


class Refusal(Exception):
    """What the model did wrong; one or two short lines that say what to do."""


class Workspace:
    def __init__(self, folder, patience):
        self.root = os.path.realpath(folder)
        self.given = os.path.normpath(folder)
        # Seconds for one program that looks at a file.
        self.patience = patience

    def resolve(self, path, writing=False):
        """The real path behind a path that the model wrote. Refuses what leads out of the workspace."""
        if '\0' in path:
            raise Refusal('the path holds a NUL character')
        if path.startswith(self.given + '/'):
            path = path[len(self.given) + 1:]
        real = os.path.realpath(os.path.join(self.root, os.path.expanduser(path)))
        if real != self.root and not real.startswith(self.root + os.sep):
            raise Refusal('%s lies outside the workspace; paths are relative to the repository root' % shown(path))
        if writing:
            if real == self.root:
                raise Refusal('%s is the workspace itself; name a file in it' % shown(path))
            if any(part.lower() == '.git' for part in self.relative(real).split(os.sep)):
                raise Refusal('%s belongs to git and is not changed by hand' % shown(path))
        return real

    def relative(self, real):
        return '.' if real == self.root else os.path.relpath(real, self.root)

    def missing(self, path):
        """Says that a path does not exist, with the paths that may be meant."""
        text = '%s does not exist; paths are relative to the repository root.' % shown(path)
        name = os.path.basename(path.rstrip('/')).lower()
        same, close, seen = [], [], 0
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if f not in ('.git', 'node_modules', '__pycache__')]
            for candidate in names + folders:
                seen += 1
                relative = os.path.relpath(os.path.join(folder, candidate), self.root)
                if candidate.lower() == name:
                    same.append(relative)
                elif len(close) < 2000 and candidate[:1].lower() == name[:1]:
                    close.append(relative)
            if seen > 20000:
                break
        found = sorted(same, key=lambda p: (p.count('/'), p))[:5]
        if not found:
            # Imported where it is needed: starting is most of what a call costs.
            import difflib
            found = difflib.get_close_matches(path, close, 3, 0.7)
        return Refusal(text + (' Did you mean: %s?' % ', '.join(shown(f) for f in found) if found else ''))


def shown(name):
    """A name on one line, whatever it holds."""
    return ''.join(
        '\\n' if c == '\n' else '\ufffd' if '\ud800' <= c <= '\udfff' else '\\x%02x' % ord(c) if ord(c) < 32 or ord(c) == 127 else c
        for c in name)


def read_file(real, path, limit):
    """The bytes of a regular file; never blocks on a FIFO or a device."""
    mode = os.stat(real).st_mode
    if not stat.S_ISREG(mode):
        raise Refusal('%s is a %s, not a file' % (shown(path), kind(mode)))
    handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(handle, 'rb') as stream:
        data = stream.read(limit + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else b''
    if len(data) > limit:
        raise Refusal('%s is larger than %s bytes; use shell (sed, head, a script) on it' % (shown(path), format(limit, ',')))
    return data


def kind(mode):
    return ('folder' if stat.S_ISDIR(mode) else 'FIFO' if stat.S_ISFIFO(mode) else
            'socket' if stat.S_ISSOCK(mode) else 'device')


def binary(data):
    """Why a file is no text, or None."""
    if data[:2] in (b'\xff\xfe', b'\xfe\xff'):
        return 'is UTF-16'
    return 'is binary (%s bytes)' % format(len(data), ',') if b'\0' in data else None


def replace_file(real, data):
    """Writes a file as a whole: the old or the new content is there at any time, the mode stays."""
    os.makedirs(os.path.dirname(real), exist_ok=True)
    before = 0
    try:
        found = os.stat(real)
        mode, before = stat.S_IMODE(found.st_mode), int(found.st_mtime)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    temporary = os.path.join(os.path.dirname(real), '.codex-%s' % os.urandom(8).hex())
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, 'wb') as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(handle, mode)
            # Python takes its compiled file for current when size and second are the same: two changes of one second must
            # not look alike. Only a file of just now moves, never one whose time is wrong anyway.
            written = int(os.fstat(handle).st_mtime)
            if 0 <= before - written < 60:
                os.utime(handle, (before + 1, before + 1))
        os.rename(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise


LONGEST_LINE = 500


def cut_line(line, limit=LONGEST_LINE, at=0):
    """A line for the model: no line end, cut when it is very long, around the character at."""
    line = line[:-1] if line.endswith('\r') else line
    if len(line) <= limit:
        return line
    start = max(0, min(at - limit // 3, len(line) - limit))
    end = start + limit
    left = '… %s more characters … ' % format(start, ',') if start else ''
    right = ' … %s more characters' % format(len(line) - end, ',') if end < len(line) else ''
    return left + line[start:end] + right


def numbered(lines, first, limit=LONGEST_LINE):
    """Lines as view shows them."""
    width = len(str(first + max(len(lines) - 1, 0)))
    return '\n'.join('%*d|%s' % (width, first + i, cut_line(line, limit)) for i, line in enumerate(lines))


def split_lines(text):
    """The lines of a text, which is what stands before each newline; a last one without newline counts."""
    lines = text.split('\n')
    if lines[-1] == '':
        lines.pop()
    return lines
