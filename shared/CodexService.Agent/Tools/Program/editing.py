"""Changes files: all of it or none, and never from parsing to broken."""
import os
import re

import matching
import syntax
from files import Refusal, binary, numbered, read_file, replace_file, shown, split_lines

LEFT_OUT = re.compile(
    r'^\s*(?:#|//|/\*|<!--|--)?\s*(?:\.\.\.|…)\s*[\[(]?(?:the )?(?:rest|remaining|existing|other|previous|unchanged|same)\b.*$',
    re.IGNORECASE | re.MULTILINE)


def edit(workspace, request):
    path, old, new = request['path'], request['old'], request['new']
    real = workspace.resolve(path, writing=True)
    name = shown(workspace.relative(real))
    check_text('new', new)
    if not os.path.lexists(real):
        if old == '':
            return save(workspace, real, name, None, new, 'Created %s' % name)
        raise workspace.missing(path)
    data = read_file(real, path, request['limit'])
    why = binary(data)
    if why:
        raise Refusal('%s %s; edit changes text files only' % (name, why))
    text = data.decode('utf-8', 'surrogateescape')
    if old == '':
        if data.strip():
            raise Refusal('%s exists and old is empty. Put the text to replace into old, or use write to replace the whole file.' % name)
        return save(workspace, real, name, data, new, 'Wrote %s' % name)
    if old == new:
        raise Refusal('old and new are the same; nothing was changed. Put the changed text into new.')
    left = LEFT_OUT.search(new)
    if left and left.group().strip() not in old and left.group().strip() not in text:
        raise Refusal('new leaves text out ("%s"); write it in full, or choose a smaller old' % left.group().strip()[:80])
    done = matching.apply(text, old, new, bool(request.get('all')))
    if done.text == text:
        raise Refusal('the edit changes nothing: old and new differ in line ends or indentation only, which follow the file. '
                      'To change those, use write or shell.')
    lines = split_lines(done.text)
    start, stop = max(0, done.first - 3), min(len(lines), done.first - 1 + min(done.count, 12) + 2)
    snippet = '\n' + numbered([matching.visible(line) for line in lines[start:stop]], start + 1, 200) if lines[start:stop] else ''
    return save(workspace, real, name, data, done.text, 'Edited %s at line %d' % (name, done.first), done.note, snippet)


def write(workspace, request):
    path, content = request['path'], request['content']
    real = workspace.resolve(path, writing=True)
    name = shown(workspace.relative(real))
    check_text('content', content)
    if path.endswith('/'):
        raise Refusal('%s names a folder; add the file name' % shown(path))
    if matching.without_numbers(content, least=3) is not None:
        raise Refusal('content carries line numbers; send it without the "12|" in front of each line')
    if len(content.encode('utf-8', 'surrogatepass')) > request['limit']:
        raise Refusal('content is larger than %s bytes' % format(request['limit'], ','))
    count = len(split_lines(content))
    if not os.path.lexists(real):
        return save(workspace, real, name, None, content, 'Created %s (%d lines)' % (name, count))
    data = read_file(real, path, request['limit'])
    text = data.decode('utf-8', 'surrogateescape')
    left = LEFT_OUT.search(content)
    if left and left.group().strip() not in text:
        raise Refusal('content leaves text out ("%s"), but write replaces the whole file. Send all of it, or use edit for a part.' % left.group().strip()[:80])
    if data.count(b'\r\n') * 2 > data.count(b'\n'):
        content = content.replace('\r\n', '\n').replace('\n', '\r\n')
    if data.startswith(b'\xef\xbb\xbf') and not content.startswith('\ufeff'):
        content = '\ufeff' + content
    if content == text:
        return {'text': '%s has this content already; nothing was changed' % name}
    return save(workspace, real, name, data, content, 'Wrote %s (%d lines, before %d)' % (name, count, len(split_lines(text))))


def check_text(what, text):
    if '\0' in text:
        raise Refusal('%s holds a NUL character; text files hold none' % what)


def save(workspace, real, name, before, text, headline, note='', snippet=''):
    data = text.encode('utf-8', 'surrogateescape')
    problem = syntax.check(workspace, real, data)
    warning = ''
    if problem:
        if before is not None and before.strip() and syntax.check(workspace, real, before) is None:
            raise Refusal('%s would no longer parse, so nothing was changed: %s%s' % (name, problem.message, offending(text, problem.line)))
        warning = '\nIt %s parse: %s%s' % ('still does not' if before else 'does not', problem.message, offending(text, problem.line))
    replace_file(real, data)
    return {'text': headline + (' (%s)' % note if note else '') + snippet + warning, 'line': headline, 'changed': True}


def offending(text, line):
    if not line:
        return ''
    lines = split_lines(text)
    start = max(0, min(line, len(lines)) - 3)
    return '\n' + numbered([matching.visible(x) for x in lines[start:start + 5]], start + 1, 200)
