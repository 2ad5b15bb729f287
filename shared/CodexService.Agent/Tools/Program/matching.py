"""Finds the text that an edit means, and puts the new one in its place.

First exactly, apart from line ends; then by whole lines without trailing whitespace; then without indentation, where the
new text is indented as the file is. A step that finds several places refuses; it never guesses.
"""
import re
from bisect import bisect_left
from collections import Counter
from functools import reduce
from math import gcd

from files import Refusal, cut_line, numbered, split_lines

NUMBER = re.compile(r' *(\d+)\|')

# What the service strips from what the model reads; the model cannot type what it does not see.
HIDDEN = re.compile('\x1b\\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f'
                    '\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb'
                    '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]')
BROKEN = re.compile('[\udc80-\udcff]')


class Edit:
    """What an edit comes to: the new text of the file, the first line and the number of the lines it put in."""

    def __init__(self, text, first, count, note=''):
        self.text, self.first, self.count, self.note = text, first, count, note


def apply(text, old, new, everywhere):
    old, new = old.replace('\r\n', '\n'), new.replace('\r\n', '\n')
    done = attempt(text, old, new, everywhere)
    if done is None:
        bare_old = without_numbers(old)
        if bare_old is not None and bare_old.strip():
            bare_new = without_numbers(new)
            if bare_new is None:
                if any(NUMBER.match(line) for line in new.split('\n')):
                    raise Refusal('some lines of new carry line numbers and some do not; send old and new without the "12|" in front')
                bare_new = new
            done = attempt(text, bare_old, bare_new, everywhere)
            if done:
                done.note = join(done.note, 'line numbers were taken off')
            old = bare_old
    elif without_numbers(new, least=2) is not None and without_numbers(old) is None:
        raise Refusal('new carries line numbers; send it without the "12|" in front of each line')
    if done is None:
        raise Refusal('old is not in the file.' + nearest(text, old))
    return done


def attempt(text, old, new, everywhere):
    done = exact(text, old, new, everywhere) or by_lines(text, old, new, everywhere)
    if done is None and old.strip('\n') != old:
        # Blank lines around both are decoration.
        lead, trail = len(old) - len(old.lstrip('\n')), len(old) - len(old.rstrip('\n'))
        if lead and new.startswith('\n' * lead) and len(new) - len(new.lstrip('\n')) == lead:
            done = attempt(text, old[lead:], new[lead:], everywhere)
        elif trail > 1 and len(new) - len(new.rstrip('\n')) == trail:
            done = attempt(text, old[:-1], new[:-1], everywhere)
    return done


def without_numbers(text, least=1):
    """The text without the numbers that view puts in front of lines, or None when it does not carry them."""
    numbers, lines = [], []
    for line in text.split('\n'):
        match = NUMBER.match(line)
        if match:
            numbers.append(int(match.group(1)))
            lines.append(line[match.end():])
        elif line.strip():
            return None
        else:
            lines.append(line)
    if len(numbers) < least or any(b <= a for a, b in zip(numbers, numbers[1:])):
        return None
    return '\n'.join(lines)


def exact(text, old, new, everywhere):
    plain = text.replace('\r\n', '\n')
    places, at = [], plain.find(old)
    while at >= 0 and len(places) < 10000:
        places.append(at)
        at = plain.find(old, at + 1)
    if not places:
        return None
    if len(places) > 1 and not everywhere:
        refuse_many('old', [plain.count('\n', 0, p) + 1 for p in places])
    # Positions in plain of the newlines that are CRLF in text.
    crlf, removed = [], 0
    for match in re.finditer('\r\n', text):
        crlf.append(match.start() - removed)
        removed += 1
    chosen, end = [], -1
    for p in places:
        if p >= end:
            chosen.append(p)
            end = p + len(old)
    note = ''
    pieces, done = [], 0
    for p in chosen:
        q, put = p + len(old), new
        whole = (p == 0 or plain[p - 1] == '\n') and old.endswith('\n') and q < len(plain)
        if whole and old.strip() and new and not new.endswith('\n'):
            put, note = new + '\n', 'the line end after new was kept'
        start, stop = p + bisect_left(crlf, p), q + bisect_left(crlf, q)
        pieces += [text[done:start], with_ends(text, start, stop, old, put)]
        done = stop
    pieces.append(text[done:])
    if len(chosen) > 1:
        note = join(note, '%d places' % len(chosen))
    return Edit(''.join(pieces), plain.count('\n', 0, chosen[0]) + 1, new.count('\n') + 1, note)


def with_ends(text, start, stop, old, new):
    """New text with the line ends that the replaced text has; unchanged lines keep their own."""
    ends = ['\r\n' if match.group() == '\r\n' else '\n' for match in re.finditer('\r?\n', text[start:stop])]
    usual = Counter(ends).most_common(1)[0][0] if ends else line_end(text, stop)
    if len(set(ends)) <= 1:
        return new.replace('\n', usual)
    before, after = old.split('\n'), new.split('\n')
    kept = [usual] * len(after)
    for i, j, n in equal_blocks(before, after):
        for k in range(n):
            if i + k < len(ends):
                kept[j + k] = ends[i + k]
    return ''.join(line + kept[i] for i, line in enumerate(after[:-1])) + after[-1]


def line_end(text, at):
    """The line end that fits at a place: of its line, else of the line before, else the newline."""
    after = text.find('\n', at)
    if after < 0:
        after = text.rfind('\n', 0, at)
    return '\r\n' if after > 0 and text[after - 1] == '\r' else '\n'


def equal_blocks(before, after):
    import difflib
    if len(before) * len(after) <= 250000:
        return [tuple(block) for block in difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()]
    front = 0
    while front < min(len(before), len(after)) and before[front] == after[front]:
        front += 1
    back = 0
    while back < min(len(before), len(after)) - front and before[-1 - back] == after[-1 - back]:
        back += 1
    return [(0, 0, front), (len(before) - back, len(after) - back, back)]


def visible(line):
    """A line as the model reads it, without trailing whitespace."""
    return BROKEN.sub('\ufffd', HIDDEN.sub('', line)).rstrip()


def by_lines(text, old, new, everywhere):
    lines = re.split('(?<=\n)', text)
    if lines[-1] == '':
        lines.pop()
    before = [visible(line) for line in split_lines(old)]
    if not any(before):
        return None
    after = split_lines(new) if old.endswith('\n') else (new.split('\n') if new or not old else [''])
    if old.endswith('\n') and not new:
        after = []
    keys = [visible(line) for line in lines]
    places = windows(keys, before)
    indented = False
    if not places:
        bare = [line.strip() for line in keys]
        places = windows(bare, [line.strip() for line in before])
        indented = True
    if not places:
        return None
    if len(places) > 1 and not everywhere:
        refuse_many('old (whitespace ignored)', [p + 1 for p in places])
    chosen, end = [], -1
    for p in places:
        if p >= end:
            chosen.append(p)
            end = p + len(before)
    for p in reversed(chosen):
        lines[p:p + len(before)] = rewritten(text, lines, keys, p, before, after, indented)
    note = 'old matched with other indentation; new was indented as the file is' if indented else 'old matched apart from trailing whitespace or hidden characters'
    return Edit(''.join(lines), chosen[0] + 1, len(after), join(note, '%d places' % len(chosen) if len(chosen) > 1 else ''))


def windows(keys, wanted):
    anchor = next(i for i, line in enumerate(wanted) if line)
    found = []
    for i, key in enumerate(keys):
        p = i - anchor
        if key == wanted[anchor] and p >= 0 and keys[p:p + len(wanted)] == wanted:
            found.append(p)
    return found


def rewritten(text, lines, keys, p, before, after, indented):
    real = lines[p:p + len(before)]
    move = indentation(text, keys[p:p + len(before)], before, after, p) if indented else lambda i, indent: indent
    ends = ['\r\n' if line.endswith('\r\n') else '\n' for line in real if line.endswith('\n')]
    usual = Counter(ends).most_common(1)[0][0] if ends else line_end(text, len(text))
    kept = {}
    for i, j, n in equal_blocks(before, [visible(line) for line in after]):
        kept.update({j + k: real[i + k] for k in range(n)})
    result = []
    for j, line in enumerate(after):
        if j in kept:
            result.append(kept[j] if kept[j].endswith('\n') else kept[j] + usual)
            continue
        if '\ufffd' in line and any(BROKEN.search(piece) for piece in real):
            raise Refusal('line %d holds bytes that are not UTF-8 and would be lost; change it with shell (sed)' % (p + 1))
        body = line.lstrip(' \t')
        if not body.strip() and indented:
            result.append(usual)
        else:
            result.append(move(j, line[:len(line) - len(body)]) + body + usual)
    if result and not real[-1].endswith('\n'):
        result[-1] = result[-1].rstrip('\r\n')
    return result


def indent_of(line):
    return line[:len(line) - len(line.lstrip(' \t'))]


def indentation(text, real, before, after, p):
    """How the file indents what the model indented in its own way, as a function of line index and indentation."""
    pairs = [(indent_of(o), indent_of(f)) for o, f in zip(before, real) if o]
    first = next((i for i, line in enumerate(after) if line.strip()), None)
    trimmed = len(pairs) > 1 and pairs[0][0] == '' and pairs[0][1] != '' and first is not None and indent_of(after[first]) == ''
    rule = fit(text, pairs, after)
    if rule is None and trimmed:
        # The text was trimmed at its start, which took the indentation of the first line alone.
        rest = fit(text, pairs[1:], after[first + 1:])
        if rest is not None:
            top = pairs[0][1]
            rule = lambda j, indent: top if j == first else rest(j, indent)  # noqa: E731
    if rule is None:
        raise Refusal('old matches lines %d-%d apart from indentation, but its indentation does not follow the file\'s. Copy it as it is:\n%s'
                      % (p + 1, p + len(real), numbered(real[:12], p + 1)))

    def move(j, indent):
        moved = rule(j, indent)
        if moved is None:
            raise Refusal('old matches lines %d-%d apart from indentation, and new does not say how far to indent. Copy the indentation of the file:\n%s'
                          % (p + 1, p + len(real), numbered(real[:12], p + 1)))
        return moved
    return move


def fit(text, pairs, after):
    added = [f[:len(f) - len(o)] if f.endswith(o) else None for o, f in pairs]
    removed = [o[:len(o) - len(f)] if o.endswith(f) else None for o, f in pairs]
    widths = sorted({len(o) for o, _ in pairs})
    new = [indent_of(line) for line in after if line.strip()]
    if len(widths) > 1 and added[0] is not None and len(set(added)) == 1 and uniform(pairs, new, added[0]):
        return lambda j, indent: added[0] + indent
    if len(widths) > 1 and removed[0] is not None and len(set(removed)) == 1:
        return lambda j, indent: indent[len(removed[0]):] if indent.startswith(removed[0]) else None
    # Levels: the model's steps against the file's.
    mine = {c for o, _ in pairs for c in o} | {c for indent in new for c in indent}
    theirs = {c for _, f in pairs for c in f}
    if len(mine) > 1 or len(theirs) > 1:
        if added[0] is not None and len(set(added)) == 1 and not added[0] == '' and len(set(new) - {o for o, _ in pairs}) == 0:
            return lambda j, indent: added[0] + indent
        known = dict(pairs)
        same = all(known[o] == f for o, f in pairs)
        return (lambda j, indent: known.get(indent)) if same else None
    if len(widths) > 1:
        byte_width = dict((len(o), len(f)) for o, f in pairs)
        if any(byte_width[len(o)] != len(f) for o, f in pairs):
            return None
        low, high = widths[0], widths[-1]
        up, across = byte_width[high] - byte_width[low], high - low
        if up <= 0 or any((byte_width[w] - byte_width[low]) * across != (w - low) * up for w in widths):
            return None
        base = byte_width[low]
    else:
        if len({f for _, f in pairs}) > 1:
            return None
        low, base = widths[0], len(pairs[0][1])
        step = reduce(gcd, [abs(len(indent) - low) for indent in new], 0)
        character, unit = usual_step(text, theirs)
        theirs = theirs or ({character} if character else mine)
        up, across = one_level(step, unit, low, base, mine, theirs)
        if not across or step % across:
            return None
    character = next(iter(theirs), None) or usual_step(text, theirs)[0] or next(iter(mine), ' ')

    def scale(j, indent):
        width = (len(indent) - low) * up
        if width % across or base + width // across < 0:
            return None
        return character * (base + width // across)
    return scale


def one_level(step, unit, low, base, mine, theirs):
    """How many characters of the file stand for how many of the model's, when its lines give one width alone."""
    if not step:
        return 1, 1
    if mine == theirs:
        # A step of the file's own size, or several of them, is meant as it is.
        return (1, 1) if step % unit == 0 or '\t' in mine or step not in (1, 2, 3, 4, 8) else (unit, step)
    if '\t' in mine:
        return (base // low if low and base and base % low == 0 else unit), 1
    level = low // base if low and base and low % base == 0 else step
    return (1, level) if level in (1, 2, 3, 4, 8) else (1, 0)


def uniform(pairs, new, prefix):
    """Whether a prefix and the model's own indentation make one kind of indentation."""
    return len(set(prefix) | {c for indent in new for c in indent} | {c for o, _ in pairs for c in o}) <= 1


def usual_step(text, kind):
    """The character and the width of one level in this file."""
    previous, steps = 0, Counter()
    tabs = spaces = 0
    for line in text.split('\n')[:5000]:
        if not line.strip():
            continue
        indent = indent_of(line)
        tabs += indent.startswith('\t')
        spaces += indent.startswith(' ')
        if len(indent) > previous and '\t' not in indent:
            steps[len(indent) - previous] += 1
        previous = len(indent)
    if '\t' in kind or (not kind and tabs > spaces):
        return '\t', 1
    if ' ' in kind or spaces:
        return ' ', steps.most_common(1)[0][0] if steps else 4
    return None, 1


def refuse_many(what, numbers):
    text = ', '.join(str(n) for n in numbers[:10]) + (', …' if len(numbers) > 10 else '')
    raise Refusal('%s is found %d times, at lines %s. Add lines around it until it is unique, or give all=true to change every one.'
                  % (what, len(numbers), text))


def nearest(text, old):
    """The lines of the file that are most like the text that was not found."""
    lines = [visible(line) for line in split_lines(text)][:50000]
    wanted = [visible(line).strip() for line in split_lines(old)]
    while wanted and not wanted[0]:
        wanted.pop(0)
    if 'more characters' in old and '…' in old:
        return ' It holds "… more characters", which stands for cut text; use a shorter piece of that line.'
    if not wanted or not lines:
        return ' The file is empty.' if not lines else ''
    if len(wanted) == 1 and any(wanted[0] in line for line in lines):
        return ' Line %d reads the same but holds hidden characters; give the whole line.' % (
            1 + next(i for i, line in enumerate(lines) if wanted[0] in line))
    bare = [line.strip() for line in lines]
    known = Counter(line for line in wanted if len(line) > 2)
    best, score = None, 0.0
    for i in range(len(bare)):
        if bare[i] in known or bare[i] == wanted[0]:
            for p in {max(0, i - wanted.index(bare[i])), i}:
                same = sum(a == b and len(a) > 2 for a, b in zip(bare[p:p + len(wanted)], wanted))
                if same > score:
                    best, score = p, same
    if best is None:
        import difflib
        matcher = difflib.SequenceMatcher(None, autojunk=False)
        matcher.set_seq2(wanted[0][:300])
        score = 0.6
        for i, line in enumerate(bare[:20000]):
            matcher.set_seq1(line[:300])
            if matcher.real_quick_ratio() > score and matcher.quick_ratio() > score and matcher.ratio() > score:
                best, score = i, matcher.ratio()
    if best is None:
        return ' Nothing like it is there either; view the file first.'
    shown = lines[best:best + max(3, min(len(wanted), 8))]
    first = next((k for k, (a, b) in enumerate(zip(bare[best:], wanted)) if a != b), None)
    reason = ''
    if first is not None:
        reason = '\nLine %d is %s, but old has %s' % (best + first + 1, quoted(bare[best + first]), quoted(wanted[first]))
    return ' The nearest text is:\n%s%s' % (numbered(shown, best + 1, 200), reason)


def quoted(line):
    return '`%s`' % cut_line(line, 160)


def join(first, second):
    return '; '.join(part for part in (first, second) if part)
