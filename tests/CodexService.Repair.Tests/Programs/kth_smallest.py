def kth_smallest(items, k):
    """The k-th smallest item, counted from 0."""
    pivot = items[0]
    below = [item for item in items if item < pivot]
    above = [item for item in items if item > pivot]
    less_count = len(below)
    less_or_equal = len(items) - len(above)
    if k < less_count:
        return kth_smallest(below, k)
    if k >= less_or_equal:
        return kth_smallest(above, k)
    return pivot
