import pytest

from find_sorted import find_sorted


@pytest.mark.parametrize("items, wanted, index", [
    ([3, 4, 5, 5, 5, 5, 6], 5, 3),
    ([1, 2, 3, 4, 6, 7, 8], 5, -1),
    ([1, 2, 3, 4, 6, 7, 8], 4, 3),
    ([2, 4, 6, 8, 10, 12, 14, 16], 18, -1),
    ([3, 5, 6, 7, 8, 9, 12], 0, -1),
    ([1, 2, 3, 4, 6, 7, 8], 7, 5),
    ([], 3, -1),
])
def test_find_sorted(items, wanted, index):
    assert find_sorted(items, wanted) == index
