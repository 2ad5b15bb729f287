from bit_count import bit_count


def test_powers_of_two():
    assert [bit_count(1 << shift) for shift in range(8)] == [1] * 8


def test_several_bits():
    assert bit_count(127) == 7
    assert bit_count(0b10101) == 3
    assert bit_count(255 << 9) == 8


def test_zero():
    assert bit_count(0) == 0
