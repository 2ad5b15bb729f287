import pytest

from lcs import longest_common


@pytest.mark.parametrize("first, second, length", [
    ("witch", "which", 4), ("meow", "homeowner", 4), ("fun", "", 0), ("daenarys", "targaryen", 4), ("aaa", "aa", 2), ("a", "aaa", 1), ("bab", "bb", 2),
])
def test_longest_common(first, second, length):
    assert longest_common(first, second) == length
