def quick_sort(items):
    if not items:
        return []
    pivot = items[0]
    lesser = quick_sort([item for item in items[1:] if item < pivot])
    greater = quick_sort([item for item in items[1:] if item > pivot])
    return lesser + [pivot] + greater
