"""What the person's words point at: tests, files, names. A guide for the search, never a limit."""

import os
import re

STOP_WORDS = {
    "the", "a", "an", "of", "in", "on", "at", "to", "for", "and", "or", "is", "are", "be", "it", "its", "this", "that",
    "with", "from", "by", "as", "not", "no", "fix", "bug", "bugs", "test", "tests", "fail", "fails", "failing", "error",
    "wrong", "when", "should", "instead", "please", "make", "returns", "return", "code", "function", "method", "class",
    "file", "does", "do", "but", "there", "which", "work", "works", "all", "any", "some", "problem", "issue", "broken",
}


def words_of(text):
    """Lower-case words; snake_case and CamelCase are split, plural s is dropped."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    words = re.findall(r"[a-z]+|[0-9]+", text.lower())
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words}


class Prompt:
    def __init__(self, text):
        self.text = text
        self.identifiers = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text))
        marked = re.findall(r"`([^`]{1,200})`", text) + re.findall(r"\b([A-Za-z_][\w.]*)\(", text)
        self.marked = {name for part in marked for name in re.findall(r"[A-Za-z_]\w*", part)}
        self.marked |= {name for name in self.identifiers if "_" in name.strip("_") or re.search(r"[a-z][A-Z]", name)}
        self.files = set(re.findall(r"[\w./-]+\.py\b", text))
        self.words = {word for word in words_of(text) if len(word) > 1} - STOP_WORDS

    def named_tests(self, tests):
        """The tests that the prompt names: whole ids, else test names or test files."""
        whole = [test for test in tests if test in self.text]
        if whole:
            return whole
        by_name = [test for test in tests if test_name(test) in self.identifiers]
        if by_name:
            return by_name
        return [test for test in tests if any(same_file(test_file(test), file) for file in self.files if test_file(test))]

    def names_function(self, qualified):
        return bool(qualified) and qualified.rpartition(".")[2] in self.marked

    def names_file(self, rel):
        return any(same_file(rel, file) for file in self.files)

    def weight(self, rel, qualified, names):
        """How much a place in the code is favoured: 1 when the prompt says nothing about it."""
        weight = 1.0
        if self.names_function(qualified):
            weight *= 2.5
        elif any(part in self.marked for part in qualified.split(".")):
            weight *= 1.6
        if self.names_file(rel):
            weight *= 2.0
        place = words_of(os.path.splitext(os.path.basename(rel))[0]) | words_of(qualified)
        weight *= 1.0 + 0.25 * min(3, len(place & self.words))
        weight *= 1.0 + 0.08 * min(3, len(names & self.words))
        return weight


def test_name(test):
    name = test.rpartition("::")[2] if "::" in test else test.rpartition(".")[2]
    return name.split("[", 1)[0]


def test_file(test):
    return test.split("::", 1)[0] if "::" in test else ""


def same_file(rel, named):
    return bool(rel) and (rel == named or rel.endswith("/" + named) or named.endswith("/" + rel))
