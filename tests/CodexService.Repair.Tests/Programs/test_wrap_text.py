from wrap_text import wrap_text


def test_short():
    assert wrap_text("abc", 10) == ["abc"]


def test_words():
    assert wrap_text("one two three", 8) == ["one two", " three"]


def test_long_word():
    assert wrap_text("abcdefgh", 3) == ["abc", "def", "gh"]
