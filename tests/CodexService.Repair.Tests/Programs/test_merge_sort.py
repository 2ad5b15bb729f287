from merge_sort import merge_sort


def test_empty():
    assert merge_sort([]) == []


def test_sorts():
    assert merge_sort([1, 2, 6, 72, 7, 33, 4]) == [1, 2, 4, 6, 7, 33, 72]
    assert merge_sort([5, 5, 1]) == [1, 5, 5]
    assert merge_sort([9]) == [9]
