"""ripgrep over the tree; git grep where the image has no ripgrep."""
import os
import re
import shutil
import stat
import subprocess

from files import Refusal, cut_line, shown

MOST_READ = 8 << 20
MOST_COUNTED = 5000


def search(workspace, request):
    pattern, most = request['pattern'], request['limit']
    path = request.get('path') or '.'
    if '\n' in pattern.strip('\n'):
        raise Refusal('pattern must be one line; search for its most telling line')
    pattern = pattern.strip('\n')
    if not pattern.strip():
        raise Refusal('pattern is empty; name the text to look for, for example {"pattern": "def load"}')
    real = workspace.resolve(path)
    if not os.path.exists(real):
        raise workspace.missing(path)
    mode = os.stat(real).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise Refusal('%s is neither a file nor a folder' % shown(path))
    where = workspace.relative(real)
    wanted = request.get('regex')
    special = re.search(r'[\\^$.|?*+()\[\]{}]', pattern) is not None
    note = ''
    hits, more = [], False
    if not wanted:
        hits, more = grep(workspace, pattern, where, False, False)
    if wanted or (wanted is None and not hits and special):
        hits, more = grep(workspace, pattern, where, True, False, strict=bool(wanted))
        note = ' (as a regular expression)' if hits and not wanted else ''
    inside = '' if where == '.' else ' in %s' % shown(where)
    if not hits:
        other, many = grep(workspace, pattern, where, bool(wanted), True)
        if not other:
            return {'text': 'Nothing found for "%s"%s, not even ignoring case. Try a shorter or another word.'
                    % (cut_line(pattern, 200), inside), 'line': 'nothing found for "%s"' % cut_line(pattern, 60)}
        return {'text': 'Nothing found for "%s"%s with this case; ignoring case:\n%s'
                % (cut_line(pattern, 200), inside, grouped(other, many, min(most, 10), pattern))}
    files = len({hit[0] for hit in hits})
    head = '%s%d lines in %s for "%s"%s%s' % (
        'more than ' if more else '', len(hits), '1 file' if files == 1 else '%d files' % files, cut_line(pattern, 200), inside, note)
    return {'text': head + '\n' + grouped(hits, more, most, pattern), 'line': head}


def grouped(hits, more, most, pattern):
    hits.sort(key=lambda hit: (hit[0], hit[1]))
    text, current = [], None
    for name, number, line in hits[:most]:
        if name != current:
            current = name
            text.append(shown(name))
        text.append('%6d|%s' % (number, cut_line(line, 300, max(0, line.find(pattern)))))
    if more or len(hits) > most:
        text.append('(%s%d more lines left out; narrow it with path or a longer pattern)' % ('at least ' if more else '', len(hits) - most))
    return '\n'.join(text)


def grep(workspace, pattern, where, regex, ignore_case, strict=False):
    """Hits as (file, line number, line), and whether there are more than were read."""
    if shutil.which('rg'):
        command = ['rg', '--no-config', '--no-messages', '--color=never', '--no-heading', '--with-filename', '--line-number', '--null',
                   '--hidden', '--glob=!.git', '--max-columns=2000', '--max-columns-preview', '--max-filesize=20M']
        command += [] if regex else ['--fixed-strings']
    elif shutil.which('git'):
        # -I leaves binary files out; untracked files count, ignored ones do not.
        command = ['git', '-c', 'grep.fallbackToNoIndex=true', 'grep', '-I', '--no-color', '--untracked', '-n', '-z',
                   '-P' if regex else '-F']
    else:
        raise Refusal('the image has neither ripgrep nor git; use shell with grep -rn')
    command += ['-i'] if ignore_case else []
    command += ['-e', pattern, '--', where]
    process = subprocess.Popen(command, cwd=workspace.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE if strict else subprocess.DEVNULL)
    data = process.stdout.read(MOST_READ)
    more = len(data) == MOST_READ
    process.stdout.close()
    error = process.stderr.read(4096).decode('utf-8', 'replace') if strict else ''
    code = process.wait()
    hits, at = [], 0
    while at < len(data) and len(hits) < MOST_COUNTED:
        # A file name ends with NUL, because it may hold anything else; git ends the line number with NUL, too.
        nul = data.find(b'\0', at)
        number = re.match(br'(\d+)[:\0]', data[nul + 1:nul + 24]) if nul >= 0 else None
        start = nul + 1 + number.end() if number else 0
        end = data.find(b'\n', start) if number else -1
        if end < 0:
            break
        name = data[at:nul].decode('utf-8', 'surrogateescape')
        hits.append((name[2:] if name.startswith('./') else name, int(number.group(1)), data[start:end].decode('utf-8', 'replace')))
        at = end + 1
    if strict and not hits and (code == 2 or code == 128):
        last = [line for line in error.strip().split('\n') if line.strip()]
        raise Refusal('pattern is not a valid regular expression: %s. Use regex=false to look for it as it is.' % (last[-1].strip() if last else 'no message'))
    return hits, more or (len(hits) >= MOST_COUNTED and at < len(data))
