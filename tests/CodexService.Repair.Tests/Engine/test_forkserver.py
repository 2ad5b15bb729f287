"""The server that forks a child per job."""

import contextlib
import json
import os
import socket
import unittest

from codex_repair.warm.forkserver import ForkServer


def led(job):
    """The process group that a child finds itself in, when its parent was the first to make it one, or was not."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        with ending():
            if job["parent_first"]:
                os.setpgid(0, 0)
            ForkServer.become_child(job)
            os.write(writer, f"{os.getpgid(0)}".encode("ascii"))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode("ascii")
    return pid, said, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextlib.contextmanager
def ending():
    """A forked process ends where its work does, and never goes on with the tests."""
    code = 1
    try:
        yield
        code = 0
    finally:
        os._exit(code)


class ChildTest(unittest.TestCase):
    def test_leads_its_group_whoever_made_it(self):
        for parent_first in (False, True):
            pid, said, code = led({"parent_first": parent_first, "kind": "trial"})
            self.assertEqual((str(pid), 0), (said, code))

    def test_every_child_answers_however_many_there_are(self):
        # The parent and the child both make the group: neither may fail for coming second.
        ours, theirs = socket.socketpair()
        jobs = 400
        server = os.fork()
        if not server:
            with ending():
                ours.close()
                job = ForkServer(theirs).serve()
                os.write(job["pipe"], b'{"done": 2}\n')
        theirs.close()
        ours.sendall(b"".join(json.dumps({"id": number, "kind": "trial", "wall": 60.0}).encode("ascii") + b"\n"
                              for number in range(jobs)))
        answers = []
        with ours.makefile("r", encoding="ascii") as lines:
            while len(answers) < jobs:
                answers.append(json.loads(lines.readline()))
        ours.close()
        os.waitpid(server, 0)
        self.assertEqual([], [answer for answer in answers if answer["lost"] or answer["lines"] != [{"done": 2}]])

    def test_child_that_ends_without_a_word_is_said_to_be_lost(self):
        ours, theirs = socket.socketpair()
        server = os.fork()
        if not server:
            with ending():
                ours.close()
                ForkServer(theirs).serve()
        theirs.close()
        ours.sendall(b'{"id": 1, "kind": "trial", "wall": 60.0}\n')
        with ours.makefile("r", encoding="ascii") as lines:
            answer = json.loads(lines.readline())
        ours.close()
        os.waitpid(server, 0)
        self.assertTrue(answer["lost"])


if __name__ == "__main__":
    unittest.main()
