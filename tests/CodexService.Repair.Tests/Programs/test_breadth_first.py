from breadth_first import is_reachable

EDGES = {1: [2, 3], 2: [4], 4: [1], 5: [1]}


def test_reachable():
    assert is_reachable(EDGES, 1, 4)
    assert is_reachable(EDGES, 5, 5)


def test_not_reachable():
    assert not is_reachable(EDGES, 1, 5)
    assert not is_reachable(EDGES, 9, 1)
