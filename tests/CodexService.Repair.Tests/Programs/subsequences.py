def subsequences(start, end, size):
    """Every increasing sequence of the given size from start to before end."""
    if size == 0:
        return []
    result = []
    for first in range(start, end + 1 - size):
        result.extend([first] + rest for rest in subsequences(first + 1, end, size - 1))
    return result
