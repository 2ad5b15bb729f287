def flatten(items):
    """Every item of nested lists, one after the other."""
    for item in items:
        if isinstance(item, list):
            for inner in flatten(item):
                yield inner
        else:
            yield flatten(item)
