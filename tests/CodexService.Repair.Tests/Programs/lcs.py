def longest_common(first, second):
    """The length of the longest common subsequence."""
    table = {}
    for i in range(len(first)):
        for j in range(len(second)):
            if first[i] == second[j]:
                table[i, j] = table.get((i - 1, j), 0) + 1
            else:
                table[i, j] = max(table.get((i - 1, j), 0), table.get((i, j - 1), 0))
    return table.get((len(first) - 1, len(second) - 1), 0)
