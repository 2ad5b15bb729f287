def max_sublist(items):
    """The greatest sum of neighbouring items; nothing counts 0."""
    ending_here = 0
    best = 0
    for item in items:
        ending_here = ending_here + item
        best = max(best, ending_here)
    return best
