from quick_sort import quick_sort


def test_different_items():
    assert quick_sort([4, 1, 9, -2]) == [-2, 1, 4, 9]
    assert quick_sort([]) == []


def test_equal_items():
    assert quick_sort([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]) == [1, 1, 2, 3, 3, 4, 5, 5, 6, 9]
    assert quick_sort([2, 2]) == [2, 2]
