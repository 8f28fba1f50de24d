"""Small pictures for a terminal (小图): plain ASCII, so that every font draws them alike."""

# Signs: likely, the middle, what is not known, a named line.
LIKELY, MIDDLE, OPEN, LINE = "=", "#", ".", "|"


def spread_bar(low: float, middle: float, high: float, reach: float, top: float, line: float | None, columns: int) -> str:
    """A distribution on a scale from 0 to ``top``: likely from ``low`` to ``high``, then what is not known up to ``reach``.

    >>> spread_bar(20, 30, 40, 60, 100, 80, 20)
    '[    ==#==...   |    ]'
    """
    cells = [" "] * columns
    for sign, start, end in ((OPEN, high, reach), (LIKELY, low, high)):
        for place in range(_place(start, top, columns), _place(end, top, columns) + 1):
            cells[place] = sign
    cells[_place(middle, top, columns)] = MIDDLE
    if line is not None:
        cells[_place(line, top, columns)] = LINE
    return f"[{''.join(cells)}]"


def stacked_bar(parts: tuple[tuple[str, float], ...], top: float, columns: int) -> str:
    """Parts of a whole one after another, each with its own sign; every part that is not nothing shows.

    >>> stacked_bar((("#", 5), (".", 3), ("-", 2)), 10, 10)
    '#####...--'
    """
    text, so_far = "", 0.0
    for sign, size in parts:
        so_far += size
        end = round(so_far / top * columns) if top else 0
        text += sign * max(end - len(text), 1 if size > 0 and len(text) < columns else 0)
    return text[:columns]


def _place(points: float, top: float, columns: int) -> int:
    share = points / top if top else 0.0
    return min(columns - 1, max(0, round(share * (columns - 1))))
