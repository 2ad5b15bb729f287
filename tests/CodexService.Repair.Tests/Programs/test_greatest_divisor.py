import pytest

from greatest_divisor import greatest_divisor


@pytest.mark.parametrize("a, b, expected", [(17, 0, 17), (13, 13, 13), (37, 600, 1), (20, 100, 20), (624129, 2061517, 18913)])
def test_greatest_divisor(a, b, expected):
    assert greatest_divisor(a, b) == expected
