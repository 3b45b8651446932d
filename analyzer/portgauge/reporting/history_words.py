"""The recorded history of a codebase in sentences."""

from collections.abc import Sequence

from portgauge.model.snapshot import CurvePoint
from portgauge.reporting.rounding import compared_words, counted, percent


def history_sentences(points: Sequence[CurvePoint]) -> tuple[str, ...]:
    """Return what the curves show, and what they do not; nothing without points."""
    if not points:
        return ()
    first, last = points[0], points[-1]
    before, now = compared_words(first.hours_p50, last.hours_p50)
    sentences = [
        f"{counted(len(points), 'point')} from {first.at.date()} to {last.at.date()}, each as it was judged then; "
        f"this scan is the last: {before} at first, {now} now{_covered(first, last)}."
    ]
    marked = sum(bool(point.marks) for point in points)
    if marked:
        sentences.append(
            f"At {counted(marked, 'point')} the rules, portgauge or the settings changed too; a step to one of them is "
            "neither progress nor its opposite."
        )
    return tuple(sentences)


def _covered(first: CurvePoint, last: CurvePoint) -> str:
    if first.covered_share is None or last.covered_share is None:
        return ""
    return f"; covered by an AMD path: {percent(first.covered_share)} at first, {percent(last.covered_share)} now"
