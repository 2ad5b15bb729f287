"""Keeps the workspace as it was but for the patch: what test runs leave behind is taken away again."""

import os
import subprocess


class Workspace:
    def __init__(self, folder):
        self.folder = os.path.realpath(folder)
        self.git = os.path.exists(os.path.join(self.folder, ".git"))
        self.before = self.status()
        self.originals = {}

    def status(self):
        """Path -> git's two letters; empty without git."""
        if not self.git:
            return {}
        run = self.run_git("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        entries = {}
        for entry in run.split(b"\0"):
            if len(entry) > 3:
                entries[os.fsdecode(entry[3:])] = entry[:2]
        return entries

    def run_git(self, *arguments):
        return subprocess.run(["git", "-c", "safe.directory=*", *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False).stdout

    def tidy(self):
        """Removes new files and restores changed ones, except those that the engine wrote."""
        for path, letters in self.status().items():
            full = os.path.join(self.folder, path)
            if path in self.before or full in self.originals:
                continue
            if letters == b"??":
                if os.path.islink(full) or os.path.isfile(full):
                    os.unlink(full)
            else:
                self.run_git("checkout", "--quiet", "HEAD", "--", path)

    def write(self, texts):
        """Makes the files named by their real paths have these texts; others that were written go back."""
        for path in list(self.originals):
            if path not in texts:
                self.put(path, self.originals.pop(path))
        for path, text in texts.items():
            if not path.startswith(self.folder + os.sep):
                raise ValueError("outside of the workspace")
            if path not in self.originals:
                with open(path, "rb") as file:
                    self.originals[path] = file.read()
            self.put(path, text.encode("utf-8"))

    @staticmethod
    def put(path, data):
        with open(path, "r+b") as file:  # keeps the mode
            file.truncate()
            file.write(data)
