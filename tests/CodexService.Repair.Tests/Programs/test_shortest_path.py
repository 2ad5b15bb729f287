from shortest_path import shortest_path

ROADS = {("a", "b"): 1, ("a", "c"): 3, ("a", "f"): 10, ("b", "c"): 1, ("b", "d"): 2, ("c", "d"): 1, ("d", "e"): 1, ("e", "f"): 5}


def test_one_road():
    assert shortest_path(ROADS, "a", "b") == 1


def test_several_roads():
    assert shortest_path(ROADS, "a", "c") == 2
    assert shortest_path(ROADS, "a", "e") == 4
    assert shortest_path(ROADS, "a", "f") == 9


def test_no_way():
    assert shortest_path(ROADS, "f", "a") is None
    assert shortest_path(ROADS, "c", "c") == 0
