def pascal(count):
    """The first rows of Pascal's triangle."""
    rows = [[1]]
    for number in range(1, count):
        row = []
        for place in range(0, number):
            left = rows[number - 1][place - 1] if place > 0 else 0
            right = rows[number - 1][place] if place < number else 0
            row.append(left + right)
        rows.append(row)
    return rows
