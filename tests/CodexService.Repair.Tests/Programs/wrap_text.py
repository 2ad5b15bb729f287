def wrap_text(text, columns):
    """Lines of at most the given width, broken at blanks where possible."""
    lines = []
    while len(text) > columns:
        end = text.rfind(" ", 0, columns + 1)
        if end == -1:
            end = columns
        line, text = text[:end], text[end:]
        lines.append(line)
    return lines
