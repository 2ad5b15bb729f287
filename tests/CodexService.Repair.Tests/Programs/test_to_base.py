import pytest

from to_base import to_base


@pytest.mark.parametrize("number, base, digits", [(8227, 18, "1771"), (73, 8, "111"), (16, 19, "G"), (31, 16, "1F"), (41, 2, "101001")])
def test_to_base(number, base, digits):
    assert to_base(number, base) == digits
