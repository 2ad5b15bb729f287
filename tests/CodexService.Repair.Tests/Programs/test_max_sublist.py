import pytest

from max_sublist import max_sublist


@pytest.mark.parametrize("items, expected", [
    ([4, -5, 2, 1, -1, 3], 5), ([0, -1, 2, -1, 3, -1, 0], 4), ([3, 4, 5], 12), ([-4, -2, -8], 0), ([-4, 2, -1, 3], 4),
])
def test_max_sublist(items, expected):
    assert max_sublist(items) == expected
