from pascal import pascal


def test_rows():
    assert pascal(1) == [[1]]
    assert pascal(2) == [[1], [1, 1]]
    assert pascal(5)[-1] == [1, 4, 6, 4, 1]
