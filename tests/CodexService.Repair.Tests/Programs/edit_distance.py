def edit_distance(source, target):
    """Insertions, deletions and replacements from one text to the other."""
    if source == "" or target == "":
        return len(source) or len(target)
    if source[0] == target[0]:
        return 1 + edit_distance(source[1:], target[1:])
    return 1 + min(
        edit_distance(source, target[1:]),
        edit_distance(source[1:], target[1:]),
        edit_distance(source[1:], target),
    )
