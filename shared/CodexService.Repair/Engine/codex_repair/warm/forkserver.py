"""Forks a child per job, gives it limits, and sends back what it said.

One thread, one loop: jobs come as JSON lines over a Unix socket, children answer with JSON lines over a pipe. A child
leads its own process group, which is killed when it ends or runs out of time.
"""

import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time

from codex_repair.warm.patience import Patience

READ_SIZE = 1 << 16
ANSWER_LIMIT = 16 << 20


def connect(path, role):
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.connect(path)
        send(channel, {"hello": role, "pid": os.getpid()})
    except OSError:
        return None
    return channel


def send(channel, message):
    channel.sendall(json.dumps(message).encode("ascii") + b"\n")


class Child:
    def __init__(self, pid, pipe, job):
        self.pid = pid
        self.pipe = pipe
        self.job = job
        self.started = time.monotonic()
        self.patience = Patience(pid, job["wall"])
        self.counts = job["kind"] != "hot"  # a hot server waits most of the time
        self.answer = bytearray()


class ForkServer:
    def __init__(self, channel):
        self.channel = channel
        self.pending = b""
        self.waiting = []
        self.children = {}
        self.parallel = 2
        self.common = {}

    def serve(self):
        """Runs until the channel closes. Returns the job, in a forked child only."""
        while True:
            while self.waiting and sum(child.counts for child in self.children.values()) < self.parallel:
                job = self.fork(self.waiting.pop(0))
                if job is not None:
                    return job
            timeout = None
            if self.children:
                timeout = max(0.0, min(child.patience.next for child in self.children.values()) - time.monotonic())
            ready = select.select([self.channel, *self.children], [], [], timeout)[0]
            for item in ready:
                if item is self.channel:
                    self.read_jobs()
                else:
                    self.read_child(self.children[item])
            now = time.monotonic()
            for child in [child for child in self.children.values() if child.patience.over(now)]:
                self.finish(child, timed_out=True)

    def read_jobs(self):
        data = self.channel.recv(READ_SIZE)
        if not data:
            for child in list(self.children.values()):
                kill_group(child.pid)
            os._exit(0)
        *lines, self.pending = (self.pending + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "common" in message:
                self.common = message["common"]
                self.parallel = self.common.get("parallel", self.parallel)
                preload(self.common.get("preload", ()))
            else:
                self.waiting.append(message)

    def fork(self, job):
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            os.close(writer)
            try:
                os.setpgid(pid, pid)
            except OSError:
                pass  # the child was faster, or is gone
            self.children[reader] = Child(pid, reader, job)
            return None
        os.close(reader)
        self.channel.close()
        for other in self.children:
            os.close(other)
        return self.become_child({**self.common, **job, "pipe": writer})

    @staticmethod
    def become_child(job):
        os.setpgid(0, 0)  # as the parent does: whoever is first, and no error for the other
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        if not os.environ.get("CODEX_REPAIR_DEBUG"):
            os.dup2(null, 1)
            os.dup2(null, 2)
        if job.get("cpu"):
            # Processor time, not wall clock: a busy machine must not make a right candidate look endless.
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, job["cpu"])
            # The timer is this process's own; the limit reaches those that it starts.
            limit(resource.RLIMIT_CPU, math.ceil(2 * (job["cpu"] + job.get("cpu_others", 0.0))) + 1)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_FSIZE, job.get("file_bytes", 256 << 20))
        limit(resource.RLIMIT_AS, address_space() + job.get("memory_bytes", 1 << 30))
        return job

    def read_child(self, child):
        data = os.read(child.pipe, READ_SIZE)
        if data and len(child.answer) + len(data) <= ANSWER_LIMIT:
            child.answer += data
            return
        self.finish(child, timed_out=False)

    def finish(self, child, timed_out):
        kill_group(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        del self.children[child.pipe]
        os.close(child.pipe)
        lines = bytes(child.answer).split(b"\n")[:-1]
        cpu_out = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGXCPU)
        send(self.channel, {
            "id": child.job["id"],
            "lines": [json.loads(line) for line in lines],
            "timed_out": timed_out or cpu_out,
            # It ended before it said anything, and not because the change brings the interpreter down.
            "lost": not (lines or timed_out) and os.WIFEXITED(status),
            "cpu": usage.ru_utime + usage.ru_stime,
            "seconds": time.monotonic() - child.started,
        })


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass  # already gone


def limit(what, value):
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, hard))


def address_space():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def preload(names):
    """Imports what the tests will import anyway from outside the workspace, once for all children."""
    import importlib

    for name in names:
        if name not in sys.modules:
            try:
                importlib.import_module(name)
            except BaseException:  # noqa: B902 - a module that cannot be imported out of order is imported later
                pass
