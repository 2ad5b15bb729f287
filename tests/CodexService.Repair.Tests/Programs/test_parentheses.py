from parentheses import is_balanced


def test_balanced():
    assert is_balanced("((()()))()")
    assert is_balanced("")


def test_closed_too_early():
    assert not is_balanced(")()(")


def test_left_open():
    assert not is_balanced("((")
    assert not is_balanced("(()")
