# The first process (PID 1) of every sandbox. It speaks a framed protocol on its stdin and stdout (see
# SupervisorProtocol.cs) and runs one command at a time. Nothing here trusts the commands: they run as the same user,
# so this process makes itself unreadable to them and kills everything they leave behind.
import ctypes, os, select, signal, sys, time

RUN, STDIN, STDIN_END, CANCEL = 1, 2, 3, 4
READY, STDOUT, STDERR, CREDIT, EXIT, ENDED, NETWORK = 17, 18, 19, 20, 21, 22, 23
BY_ITSELF, TIMED_OUT, OUTPUT_LIMIT, CANCELLED = 0, 1, 2, 3
CHUNK = 65536
CREDIT_STEP = 262144
# Output that background processes and process substitutions may still write after the shell itself has ended.
GRACE = 0.5
# The spare shell waits in "." for its script: one read for the whole of it, and no fork. The script ends with
# set -- COMMAND [DIRECTORY]; the eval then runs COMMAND with $0, $#, line numbers and messages as in bash -c.
SHELL = ('{ echo 1000 >/proc/self/oom_score_adj;} 2>/dev/null;. /dev/fd/9;'
         'if [[ $2 ]];then cd -- "$2"||exit 126;fi;eval "set --;$1"')


class Command:
    """One run of the shell, from the moment it is a waiting spare until its exit is reported."""

    def __init__(self):
        script, self.script = os.pipe()
        stdin, self.stdin = os.pipe()
        self.stdout, stdout = os.pipe()
        self.stderr, stderr = os.pipe()
        for fd in (self.stdin, self.stdout, self.stderr):
            os.set_blocking(fd, False)
        dup = os.POSIX_SPAWN_DUP2
        try:
            self.pid = os.posix_spawn(
                '/bin/bash', ('bash', '-c', SHELL), os.environ, setsid=True, setsigmask=(), setsigdef=IGNORED,
                file_actions=((dup, NULL, 0), (dup, stdout, 1), (dup, stderr, 2), (dup, stdin, 8), (dup, script, 9)))
        except OSError:
            self.close()
            raise
        finally:
            for fd in (script, stdin, stdout, stderr):
                os.close(fd)
        try:
            # The supervisor gets the processor first, also among 500 busy processes.
            os.setpriority(os.PRIO_PROCESS, self.pid, 5)
        except OSError:
            pass
        self.id = None
        self.status = None
        self.reason = BY_ITSELF
        self.grace = None

    def release(self, payload):
        self.id = int.from_bytes(payload[:4], 'big')
        self.began = time.monotonic()
        self.deadline = self.began + int.from_bytes(payload[4:12], 'big') / 1000
        self.output_left = int.from_bytes(payload[12:20], 'big')
        self.input = bytearray()
        self.input_ends = not payload[20]
        self.uncredited = 0
        self.ooms = oom_kills()
        view = memoryview(payload)[21:]
        try:
            while view:
                view = view[os.write(self.script, view):]
        except OSError:
            pass  # the shell was killed; its exit says so
        os.close(self.script)
        self.script = -1
        if self.input_ends:
            self.close_stdin()

    def close_stdin(self):
        if self.stdin >= 0:
            os.close(self.stdin)
            self.stdin = -1

    def feed(self):
        """Moves input to the command and credits what went, so that the service may send more."""
        while self.stdin >= 0 and self.input:
            try:
                count = os.write(self.stdin, memoryview(self.input)[:CHUNK])
            except BlockingIOError:
                break
            except OSError:
                self.close_stdin()
                break
            del self.input[:count]
            self.credit(count)
        if self.stdin < 0 and self.input:
            self.credit(len(self.input))
            self.input.clear()
        if self.input_ends and not self.input:
            self.close_stdin()

    def credit(self, count):
        self.uncredited += count
        if self.uncredited >= CREDIT_STEP:
            send(CREDIT, self.id.to_bytes(4, 'big') + self.uncredited.to_bytes(4, 'big'))
            self.uncredited = 0

    def read(self, kind):
        fd = self.stdout if kind == STDOUT else self.stderr
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return
        if not data:
            os.close(fd)
            if kind == STDOUT:
                self.stdout = -1
            else:
                self.stderr = -1
            return
        if len(data) > self.output_left:
            data = data[:self.output_left]
            self.stop(OUTPUT_LIMIT)
        if data and self.reason != CANCELLED:
            self.output_left -= len(data)
            send(kind, data)

    def stop(self, reason):
        if self.reason == BY_ITSELF and self.id is not None:
            self.reason = reason
            kill_all()

    def advance(self, now):
        """Ends the command when its shell has ended and nobody can write any more. True when it is over."""
        if self.status is None:
            if now >= self.deadline:
                self.stop(TIMED_OUT)
            elif self.stdout < 0 and self.stderr < 0:
                # Most commands end right here: the shell that closed its output is gone a moment before its signal is seen.
                reap(os.WNOHANG)
            if self.status is None:
                return False
        if self.stdout >= 0 or self.stderr >= 0:
            if self.grace is None:
                self.grace = now + GRACE
            elif now >= self.grace:
                kill_all()
            return False
        kill_all()
        tried = network.report()
        if tried:
            send(NETWORK, self.id.to_bytes(4, 'big') + tried)
        code = os.waitstatus_to_exitcode(self.status)
        send(EXIT, b''.join((
            self.id.to_bytes(4, 'big'), (code if code >= 0 else 128 - code).to_bytes(4, 'big'),
            int((time.monotonic() - self.began) * 1e6).to_bytes(8, 'big'), bytes((self.reason,)),
            max(0, oom_kills() - self.ooms).to_bytes(4, 'big'))))
        self.close()
        return True

    def close(self):
        for fd in (self.script, self.stdin, self.stdout, self.stderr):
            if fd >= 0:
                os.close(fd)
        self.script = self.stdin = self.stdout = self.stderr = -1


def kill_all():
    """Kills and reaps every process of the sandbox but this one; forks in flight die with their parents."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    reap(0)


def reap(flags):
    try:
        while True:
            pid, status = os.waitpid(-1, flags)
            if pid == 0:
                return
            if command is not None and pid == command.pid:
                command.status = status
    except ChildProcessError:
        pass


def open_oom_counter():
    paths = ['/sys/fs/cgroup/memory/memory.oom_control', '/sys/fs/cgroup/memory.events']
    try:
        with open('/proc/self/cgroup') as groups:
            for line in groups:
                _, controllers, path = line.rstrip('\n').split(':', 2)
                if not controllers:
                    paths.append('/sys/fs/cgroup' + path + '/memory.events')
    except OSError:
        pass
    for path in paths:
        try:
            fd = os.open(path, os.O_RDONLY)
            if b'oom_kill ' in os.pread(fd, 4096, 0):
                return fd
            os.close(fd)
        except OSError:
            pass
    return -1


def oom_kills():
    if OOM < 0:
        return 0
    for line in os.pread(OOM, 4096, 0).splitlines():
        if line.startswith(b'oom_kill '):
            return int(line[9:])
    return 0


def send(kind, payload):
    outbox.append(bytes((kind,)) + len(payload).to_bytes(4, 'big'))
    outbox.append(payload)


def flush():
    """Writes what the pipe takes. What is left holds back reading from the command."""
    global outbox
    if not outbox:
        return
    data = outbox[0] if len(outbox) == 1 else b''.join(outbox)
    outbox = []
    try:
        count = os.write(1, data)
    except BlockingIOError:
        count = 0
    except OSError:
        os._exit(0)
    if count < len(data):
        outbox.append(memoryview(data)[count:])


def end(reason):
    """Reports why the sandbox ends and ends it. The kernel kills everything in it with this process."""
    send(ENDED, reason.encode('utf-8', 'replace')[:1000])
    writable, give_up = select.poll(), time.monotonic() + 1
    writable.register(1, select.POLLOUT)
    flush()
    while outbox and time.monotonic() < give_up:
        writable.poll(100)
        flush()
    os._exit(1)


def receive():
    """Reads frames from the service. False when the service has gone."""
    try:
        data = os.read(0, CHUNK)
    except BlockingIOError:
        return True
    if not data:
        return False
    inbox.extend(data)
    at = 0
    while len(inbox) - at >= 5:
        size = int.from_bytes(inbox[at + 1:at + 5], 'big')
        if len(inbox) - at - 5 < size:
            break
        kind, payload = inbox[at], bytes(memoryview(inbox)[at + 5:at + 5 + size])
        at += 5 + size
        handle(kind, payload)
    if at:
        del inbox[:at]
    return True


def handle(kind, payload):
    global command
    if kind == RUN:
        if command is None:
            command = Command()
        command.release(payload)
        return
    if command is None or command.id != int.from_bytes(payload[:4], 'big'):
        return  # meant for a command that has ended
    if kind == STDIN:
        command.input += memoryview(payload)[4:]
        command.feed()
    elif kind == STDIN_END:
        command.input_ends = True
        command.feed()
    elif kind == CANCEL:
        command.stop(CANCELLED)


def main():
    global command
    send(READY, bytes((network.features(),)))
    flush()
    while True:
        now = time.monotonic()
        if now >= LIFE_ENDS:
            end('lifetime')
        if command is None:
            try:
                command = Command()
            except OSError:
                pass  # tried again when a command comes, and reported then
        wait = LIFE_ENDS - now
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(WAKE, select.POLLIN)
        if network.sink is not None:
            poll.register(network.sink, select.POLLIN)
        running = command is not None and command.id is not None
        if outbox:
            poll.register(1, select.POLLOUT)
        if running:
            if command.status is None:
                wait = min(wait, command.deadline - now)
            elif command.grace is not None:
                wait = min(wait, command.grace - now)
            if command.input and command.stdin >= 0:
                poll.register(command.stdin, select.POLLOUT)
            if not outbox:
                if command.stdout >= 0:
                    poll.register(command.stdout, select.POLLIN)
                if command.stderr >= 0:
                    poll.register(command.stderr, select.POLLIN)
        for fd, _ in poll.poll(max(0, int(wait * 1000) + 1)):
            if fd == 0:
                if not receive():
                    os._exit(0)
            elif fd == WAKE:
                try:
                    os.read(WAKE, 4096)
                except BlockingIOError:
                    pass
                reap(os.WNOHANG)
            elif fd == network.fileno():
                network.answer()
            elif running:
                if fd == command.stdin:
                    command.feed()
                elif fd == command.stdout:
                    command.read(STDOUT)
                elif fd == command.stderr:
                    command.read(STDERR)
        if command is not None:
            if command.id is None:
                if command.status is not None:  # the spare died before it was used
                    command.close()
                    command = None
            elif command.advance(time.monotonic()):
                command = None
        flush()


if os.getpid() != 1:
    sys.exit('this kills every process it may kill: it runs as the first process of a container only')
# Same-user processes can neither read this process's memory nor open its files through /proc.
if ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) != 0:
    sys.exit('prctl(PR_SET_DUMPABLE) failed')
IGNORED = [s for s in signal.valid_signals() if s not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)]
for number in IGNORED:
    signal.signal(number, signal.SIG_IGN)
# Descriptors below 20 are taken, so that the ones the shell inherits (0, 1, 2, 8, 9) never collide with ours.
NULL = os.open('/dev/null', os.O_RDWR)
while os.open('/dev/null', os.O_RDWR) < 19:
    pass
WAKE, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, lambda *_: None)
os.set_blocking(0, False)
os.set_blocking(1, False)
OOM = open_oom_counter()
network = Network()
LIFE_ENDS = time.monotonic() + float(sys.argv[1])
os.environ.pop('HOSTNAME', None)
command = None
inbox = bytearray()
outbox = []
try:
    main()
except Exception as error:
    end('%s: %s' % (type(error).__name__, error))
