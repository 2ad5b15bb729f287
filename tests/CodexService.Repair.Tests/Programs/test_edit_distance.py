import pytest

from edit_distance import edit_distance


@pytest.mark.parametrize("source, target, distance", [
    ("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 7 - 4), ("electron", "neutron", 3), ("amanda", "panda", 2), ("x", "", 1),
])
def test_edit_distance(source, target, distance):
    assert edit_distance(source, target) == distance
