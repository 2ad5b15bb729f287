def greatest_divisor(a, b):
    """The greatest common divisor."""
    if b == 0:
        return a
    return greatest_divisor(a % b, b)
