import string


def to_base(number, base):
    """The digits of a number in a base up to 36."""
    result = ""
    alphabet = string.digits + string.ascii_uppercase
    while number > 0:
        digit = number % base
        number = number // base
        result = result + alphabet[digit]
    return result
