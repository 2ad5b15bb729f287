def is_balanced(text):
    """Whether every parenthesis has its partner."""
    depth = 0
    for character in text:
        if character == "(":
            depth += 1
        else:
            depth -= 1
            if depth < 0:
                return False
    return True
