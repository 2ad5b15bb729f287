class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


def reverse(node):
    """The same chain of nodes in the other direction."""
    previous = None
    while node:
        following = node.following
        node.following = previous
        node = following
    return previous
