import pytest

from next_permutation import next_permutation


@pytest.mark.parametrize("items, expected", [
    ([3, 2, 4, 1], [3, 4, 1, 2]), ([3, 5, 6, 2, 1], [3, 6, 1, 2, 5]), ([1, 2], [2, 1]), ([4, 1, 7, 2], [4, 2, 1, 7]), ([3, 2, 1], None),
])
def test_next_permutation(items, expected):
    assert next_permutation(items) == expected
