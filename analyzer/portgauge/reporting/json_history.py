"""The recorded history of a codebase as part of the JSON."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from portgauge.model.estimate import Block
from portgauge.model.snapshot import CurvePoint, Mark
from portgauge.reporting.json_parts import Json


def history_objects(points: Sequence[CurvePoint]) -> list[Json]:
    """Return the points of a history, oldest first."""
    return [
        {
            "at": point.at.isoformat(),
            "label": point.label,
            "hours_p50": point.hours_p50,
            "blocks_p50": {block.value: hours for block, hours in point.blocks_p50},
            "covered_share": point.covered_share,
            "portability": point.portability,
            "marks": [mark.value for mark in point.marks],
        }
        for point in points
    ]


def read_history(documents: Iterable[dict[str, Any]]) -> tuple[CurvePoint, ...]:
    """Return the points of a history from objects that follow the schema.

    Raises:
        ValueError: If a time or mark is none.
    """
    return tuple(
        CurvePoint(
            at=datetime.fromisoformat(each["at"]),
            label=each["label"],
            hours_p50=float(each["hours_p50"]),
            blocks_p50=tuple((block, float(each["blocks_p50"][block.value])) for block in Block),
            covered_share=None if each["covered_share"] is None else float(each["covered_share"]),
            portability=each["portability"],
            marks=tuple(map(Mark, each["marks"])),
        )
        for each in documents
    )
