from collections import deque


def is_reachable(edges, start, goal):
    """Whether a way leads from one node to the other."""
    waiting = deque([start])
    seen = {start}
    while True:
        node = waiting.popleft()
        if node == goal:
            return True
        for following in edges.get(node, []):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False
