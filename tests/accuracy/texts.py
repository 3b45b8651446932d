"""Numbers and tables as Markdown, the same everywhere."""

import math
from collections.abc import Iterable, Sequence

NOTHING = "–"


def share(number: float) -> str:
    """Return a share with three digits, a dash for nan."""
    return NOTHING if math.isnan(number) else f"{number:.3f}"


def with_interval(number: float, bounds: tuple[float, float]) -> str:
    """Return a share with its 95 % interval, two digits each where an interval is known."""
    if math.isnan(bounds[0]):
        return share(number)
    return f"{share(number)} ({bounds[0]:.2f} to {bounds[1]:.2f})"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
