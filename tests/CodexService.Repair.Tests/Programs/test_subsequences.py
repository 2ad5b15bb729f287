from subsequences import subsequences


def test_pairs():
    assert subsequences(1, 4, 2) == [[1, 2], [1, 3], [2, 3]]


def test_triples():
    assert subsequences(1, 5, 3) == [[1, 2, 3], [1, 2, 4], [1, 3, 4], [2, 3, 4]]


def test_nothing():
    assert subsequences(3, 3, 1) == []
