from heapq import heappop, heappush


def shortest_path(lengths, start, goal):
    """The length of the shortest way; ``lengths`` maps (from, to) to a length."""
    waiting = [(0, start)]
    best = {start: 0}
    visited = set()
    while waiting:
        distance, node = heappop(waiting)
        if node == goal:
            return distance
        if node in visited:
            continue
        visited.add(node)
        for (origin, target), length in lengths.items():
            if origin != node or target in visited:
                continue
            total = best.get(target, 0) + length
            if total < best.get(target, float("inf")):
                best[target] = total
                heappush(waiting, (total, target))
    return None
