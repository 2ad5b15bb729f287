"""The warm test process as seen from outside: starts it, hands it jobs, collects answers."""

import json
import os
import select
import shutil
import socket
import subprocess
import tempfile
import time

from codex_repair.events import CannotWork
from codex_repair.learn import kill_group

START_SECONDS = 60


class Channel:
    def __init__(self, connection):
        self.connection = connection
        self.pending = b""
        self.role = None

    def send(self, message):
        self.connection.setblocking(True)
        self.connection.sendall(json.dumps(message).encode("ascii") + b"\n")

    def receive(self):
        """Complete messages; None when the other side is gone."""
        try:
            data = self.connection.recv(1 << 18)
        except OSError:
            return None
        if not data:
            return None
        *lines, self.pending = (self.pending + data).split(b"\n")
        return [json.loads(line) for line in lines]


class Pool:
    """One cold server and at most one hot server; jobs in, (job id, answer) out."""

    def __init__(self, command, workspace, engine, session, parallel):
        self.folder = tempfile.mkdtemp(prefix="codex-warm-")
        self.parallel = parallel
        self.channels = []
        self.cold = None
        self.hot = None
        self.next_id = 0
        self.jobs = {}
        self.answers = {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(os.path.join(self.folder, "socket"))
        self.listener.listen(8)
        environment = dict(
            os.environ,
            CODEX_REPAIR_SOCKET=os.path.join(self.folder, "socket"),
            CODEX_REPAIR_SETTINGS=json.dumps({"workspace": workspace, "cmdline": session["cmdline"]}))
        with open(os.path.join(self.folder, "output"), "wb") as output:
            self.process = subprocess.Popen(
                ["bash", os.path.join(engine, "run_tests.sh"), os.path.join(self.folder, "report"), command],
                cwd=workspace, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while self.cold is None:
            self.pump(0.1)
            if self.cold is None and (self.process.poll() is not None or time.monotonic() > deadline):
                output = self.output()
                self.close()
                raise CannotWork("The tests cannot be run in a warm process: the test command ended before it "
                                 f"imported anything from the repository ({output[-200:].strip()})")

    def output(self):
        with open(os.path.join(self.folder, "output"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def configure(self, **common):
        """Facts that every later job of the cold server carries."""
        self.cold.send({"common": {"parallel": self.parallel, **common}})

    def submit(self, role, job):
        self.next_id += 1
        channel = self.hot if role == "hot" and self.hot else self.cold
        if channel is None:
            raise CannotWork("The process that runs the tests was ended from outside; it may need more memory than there is.")
        self.jobs[self.next_id] = channel
        channel.send({"id": self.next_id, **job})
        return self.next_id

    def start_hot(self, seconds, life, **job):
        """Replaces the hot server, which ends after its life; False when it does not come up within the seconds."""
        if self.hot is not None:
            self.drop(self.hot)
        number = self.submit("cold", {"kind": "hot", "wall": life, **job})
        deadline = time.monotonic() + seconds
        while self.hot is None and number not in self.answers and time.monotonic() < deadline:
            self.pump(0.1)
        if self.hot is None:
            self.answers.pop(number, None)
            return False
        return True

    def wait(self, number, seconds):
        """The answer to one job, or None."""
        deadline = time.monotonic() + seconds
        while number not in self.answers:
            if time.monotonic() > deadline or self.cold is None:
                return None
            self.pump(0.1)
        return self.answers.pop(number)

    def take(self, seconds):
        """Answers that came in, waiting for the first one at most the given time."""
        if not self.answers:
            self.pump(seconds)
        answers, self.answers = self.answers, {}
        return answers

    def pump(self, seconds):
        sockets = {channel.connection: channel for channel in self.channels}
        for ready in select.select([self.listener, *sockets], [], [], seconds)[0]:
            if ready is self.listener:
                self.channels.append(Channel(self.listener.accept()[0]))
                continue
            channel = sockets[ready]
            messages = channel.receive()
            if messages is None:
                self.drop(channel)
                continue
            for message in messages:
                if "hello" in message:
                    channel.role = message["hello"]
                    setattr(self, channel.role, channel)
                elif message.get("id") in self.jobs:
                    del self.jobs[message["id"]]
                    self.answers[message["id"]] = message

    def drop(self, channel):
        """Forgets a server that is gone; its open jobs are answered as crashed."""
        channel.connection.close()
        if channel in self.channels:
            self.channels.remove(channel)
        if channel is self.hot:
            self.hot = None
        if channel is self.cold:
            self.cold = None
        for number in [number for number, owner in self.jobs.items() if owner is channel]:
            del self.jobs[number]
            self.answers[number] = {"id": number, "lines": [], "timed_out": False, "seconds": 0.0, "lost": True}

    def close(self):
        for channel in list(self.channels):
            self.drop(channel)
        self.listener.close()
        kill_group(self.process.pid)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def cores():
    """Processors that this container may use."""
    count = len(os.sched_getaffinity(0))
    for quota_file, period_file in (("/sys/fs/cgroup/cpu.max", None),
                                    ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")):
        try:
            with open(quota_file, encoding="ascii") as file:
                parts = file.read().split()
            if period_file:
                with open(period_file, encoding="ascii") as file:
                    parts.append(file.read().strip())
            if parts[0] not in ("max", "-1"):
                count = min(count, max(1, round(int(parts[0]) / int(parts[1]))))
        except (OSError, ValueError, IndexError):
            continue  # no such limit here
    return max(1, count)
