import pytest

from knapsack import knapsack


@pytest.mark.parametrize("capacity, items, value", [
    (100, [(60, 10), (50, 8), (20, 4), (20, 4), (8, 3), (3, 2)], 19),
    (40, [(30, 10), (50, 5), (10, 20), (40, 25)], 30),
    (10, [(10, 7)], 7), (5, [], 0),
])
def test_knapsack(capacity, items, value):
    assert knapsack(capacity, items) == value
