"""Tells tests that wait for ever from tests that only wait for the processor, as all do on a busy machine."""

import os
import time

CHECK_SECONDS = 0.1
IDLE_CHECKS = 5
MOST = 10.0  # times the limit in wall clock; processor time has limits of its own


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def wants_processor(group):
    """Whether a process of the group runs, is ready to run, or waits for a disk."""
    for pid in processes():
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                state, _, of = file.read().rpartition(") ")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it ended just now
        if int(of) == group and state in "RD":
            return True
    return False


def starved_seconds(pid):
    """How long a process was ready to run and had to wait; 0 where nobody counts it."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def starved_most(group):
    """The most that a living process of the group had to wait."""
    most = 0.0
    for pid in processes():
        try:
            if os.getpgid(pid) == group:
                most = max(most, starved_seconds(pid))
        except OSError:
            continue
    return most


class Patience:
    """When a limit in wall clock is over, a process group that works is let go on; one that has come to rest is not."""

    def __init__(self, group, seconds):
        self.group = group
        self.next = time.monotonic() + seconds
        self.last = self.next + (MOST - 1.0) * seconds
        self.idle = 0

    def over(self, now):
        """Whether the time is over at last; asks again at ``self.next`` when not."""
        if now < self.next:
            return False
        self.idle = 0 if wants_processor(self.group) else self.idle + 1
        self.next = now + CHECK_SECONDS
        return self.idle >= IDLE_CHECKS or now >= self.last
