# What the commands of a sandbox try to reach. There is no network: this answers lookups of names with "no such name" and keeps
# the names, and it reads the kernel's own count of what was sent to addresses that no route leads to. The sandbox's own names
# (localhost, its host name) are answered as they should be: without a network the engine writes no /etc/hosts. It works in the
# supervisor's one process and loop. Whatever is missing here (the module, the port, the counters) only goes unrecorded.
import os

NAMES = 100          # distinct names between two reports; lookups of further ones are only counted
LONGEST_NAME = 253
MOST = 1000000000    # no count goes higher
BATCH = 64           # lookups answered before the commands' output gets its turn again
NO_SUCH_NAME = 3
A = 1
# The name of the question, A, IN, no time to live, 127.0.0.1: the address that servers and clients of tests agree on.
LOOPBACK = b'\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1'
REVERSE_OF_OWN = ('.127.in-addr.arpa', '0.0.0.0.in-addr.arpa', '.0' * 31 + '.ip6.arpa')
NAMES_RECORDED, ADDRESSES_COUNTED = 1, 2
# Bits of the types, in the order of NetworkFrame.cs; the last is for all others.
TYPES = {1: 0, 28: 1, 16: 2, 15: 3, 33: 4, 12: 5, 5: 6, 2: 7, 6: 8, 65: 9, 64: 10, 255: 11}
OTHER_TYPE = 12
PLAIN = frozenset(b'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_')


class Network:
    def __init__(self):
        self.asked, self.others = {}, 0
        own = os.uname().nodename.lower()
        self.local, self.local_ends = frozenset(('localhost', own)), '.localhost'
        self.sink = open_sink()
        self.counters = open_counters()
        self.routeless = 0
        self.routeless = self.read_counters()

    def features(self):
        return (NAMES_RECORDED if self.sink is not None else 0) | (ADDRESSES_COUNTED if self.counters else 0)

    def fileno(self):
        return -1 if self.sink is None else self.sink.fileno()

    def answer(self, most=BATCH):
        """Answers lookups that wait. False when some may be left."""
        for _ in range(most):
            try:
                query, sender = self.sink.recvfrom(4096)
            except OSError:
                return True
            try:
                name, kind, end = question(query)
            except (IndexError, ValueError):
                continue
            key = name.lower()
            local = key in self.local or key.endswith(self.local_ends)
            address = LOOPBACK if local and kind == A else b''
            try:
                # An answer, recursion available; the question comes back with it.
                self.sink.sendto(b''.join((
                    query[:2], bytes((0x80 | query[2] & 0x79, 0x80 if local else 0x80 | NO_SUCH_NAME)), b'\0\1\0',
                    b'\1' if address else b'\0', b'\0\0\0\0', query[12:end], address)), sender)
            except OSError:
                pass  # only who waits for it loses
            if not local and not key.endswith(REVERSE_OF_OWN):
                self.note(key, name, TYPES.get(kind, OTHER_TYPE))
        return False

    def note(self, key, name, kind):
        entry = self.asked.get(key)
        if entry is None:
            if len(self.asked) >= NAMES:
                self.others = min(MOST, self.others + 1)
                return
            entry = self.asked[key] = (name, {})
        entry[1][kind] = min(MOST, entry[1].get(kind, 0) + 1)

    def read_counters(self):
        total = 0
        try:
            for fd, key in self.counters:
                data = os.pread(fd, 8192, 0)
                if key:
                    total += int(data[data.index(key) + len(key):].split(None, 1)[0])
                else:
                    names, values = data.split(b'\n', 2)[:2]
                    total += int(values.split()[names.split().index(b'OutNoRoutes')])
        except (OSError, ValueError, IndexError):
            return self.routeless
        return total

    def report(self):
        """What was tried since the last report, once nothing runs any more; empty when nothing was."""
        # Nobody is left who could ask: this ends with what the socket holds.
        while self.sink is not None and not self.answer():
            pass
        routeless = self.read_counters()
        addresses, self.routeless = min(MOST, max(0, routeless - self.routeless)), routeless
        if not addresses and not self.asked:
            return b''
        parts = [addresses.to_bytes(4, 'big'), self.others.to_bytes(4, 'big')]
        for name, kinds in self.asked.values():
            # One lookup asks for both families of addresses.
            text = name.encode('ascii')
            parts += (max(kinds.values()).to_bytes(4, 'big'), sum(1 << kind for kind in kinds).to_bytes(2, 'big'),
                      bytes((len(text),)), text)
        self.asked, self.others = {}, 0
        return b''.join(parts)


def open_sink():
    """A socket where the resolver of this sandbox asks; None when it asks elsewhere or the port cannot be had."""
    server = '127.0.0.1'  # also of an empty file, or without one
    for line in read('/etc/resolv.conf').splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == b'nameserver':
            server = words[1].decode('ascii', 'replace')
            break
    try:
        import _socket
        if not server.startswith('127.'):
            return None
        sink = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC)
        sink.bind((server, 53))
        return sink
    except (ImportError, OSError):
        return None


def open_counters():
    """Descriptors, each with what stands before the count; nothing for the table of IPv4."""
    found = []
    for path, key in (('/proc/net/snmp', b''), ('/proc/net/snmp6', b'Ip6OutNoRoutes')):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            if (key or b'OutNoRoutes') in os.pread(fd, 8192, 0) and (not key or read('/proc/net/if_inet6')):
                found.append((fd, key))
                continue
        except OSError:
            pass
        os.close(fd)
    return found


def read(path):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(fd, 8192)
        finally:
            os.close(fd)
    except OSError:
        return b''


def question(query):
    """Name, type and end of the first question. Raises when it is none."""
    if query[2] & 0x80 or query[4:6] == b'\0\0':
        raise ValueError
    at, labels = 12, []
    while query[at]:
        size = query[at]
        label = query[at + 1:at + 1 + size]
        at += 1 + size
        if size > 63 or at > 12 + 255:
            raise ValueError
        labels.append(''.join([chr(byte) if byte in PLAIN else '\\%03d' % byte for byte in label]))
    name = '.'.join(labels) or '.'
    if len(name) > LONGEST_NAME:
        name = name[:LONGEST_NAME - 3] + '...'
    if at + 5 > len(query):
        raise ValueError
    return name, query[at + 1] << 8 | query[at + 2], at + 5
