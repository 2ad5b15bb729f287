def bit_count(number):
    """How many bits are set."""
    count = 0
    while number:
        number ^= number - 1
        count += 1
    return count
