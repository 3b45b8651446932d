"""Pieces that every part of the JSON is made of."""

from typing import TypeAlias

from portgauge.model.estimate import Hours, Minutes
from portgauge.model.location import Location

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
"""What a JSON document is made of."""


def range_object(amount: Hours | Minutes) -> dict[str, Json]:
    """Return P50 and P90."""
    return {"p50": float(amount.p50), "p90": float(amount.p90)}


def place_object(location: Location) -> dict[str, Json]:
    """Return a place: path, lines and columns."""
    return {
        "path": str(location.path),
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
