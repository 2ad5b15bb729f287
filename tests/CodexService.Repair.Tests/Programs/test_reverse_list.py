from reverse_list import Node, reverse


def values(node):
    found = []
    while node:
        found.append(node.value)
        node = node.following
    return found


def test_reverse():
    assert values(reverse(Node(1, Node(2, Node(3))))) == [3, 2, 1]


def test_one():
    assert values(reverse(Node(1))) == [1]


def test_none():
    assert reverse(None) is None
