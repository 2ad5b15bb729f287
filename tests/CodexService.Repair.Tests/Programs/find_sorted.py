def find_sorted(items, wanted):
    """The index of the wanted item in a sorted list, or -1."""

    def search(start, end):
        if start == end:
            return -1
        middle = start + (end - start) // 2
        if wanted < items[middle]:
            return search(start, middle)
        if wanted > items[middle]:
            return search(middle, end)
        return middle

    return search(0, len(items))
