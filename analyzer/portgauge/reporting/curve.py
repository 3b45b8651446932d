"""The curves of a history as coordinates; the template draws them as SVG, so that nothing is fetched or run."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from portgauge.model.base import value
from portgauge.model.estimate import Block
from portgauge.model.snapshot import CurvePoint
from portgauge.reporting.texts import MARK_WORDS

WIDTH = 960.0
HEIGHT = 300.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 16.0, 26.0, 44.0
_TICKS = 4
_LABEL_GAP = 62.0
"""Labels that stand nearer to each other cannot be read."""
_MIN_TOP = 1.0


FRAME = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
"""The drawing as a template needs it."""


@value
class Tick:
    """A line across the drawing, with what it stands for."""

    at: float
    words: str


@value
class Area:
    """One block of work: a filled stretch of the drawing."""

    name: str
    points: str
    """Corners as SVG writes them."""


@value
class Line:
    """One figure over time; points without the figure interrupt it."""

    name: str
    paths: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


@value
class Vertical:
    """A moment: a release, or a change of the rules."""

    at: float
    words: str
    """Empty where there is no room."""


@value
class Drawing:
    """One diagram over the time of a history."""

    title: str
    areas: tuple[Area, ...]
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    releases: tuple[Vertical, ...]
    changes: tuple[Vertical, ...]
    days: tuple[Vertical, ...]


def hours_drawing(points: Sequence[CurvePoint]) -> Drawing:
    """Return the hours of each block over time, stacked."""
    places = _places(points)
    top = _round_up(max([*(point.hours_p50 for point in points), _MIN_TOP]))
    floor = [0.0] * len(points)
    areas = []
    for block in Block:
        amounts = [dict(point.blocks_p50)[block] for point in points]
        if not any(amounts):
            continue
        ceiling = [low + amount for low, amount in zip(floor, amounts, strict=True)]
        upper = [(x, _height(amount / top)) for x, amount in zip(places, ceiling, strict=True)]
        lower = [(x, _height(amount / top)) for x, amount in zip(places, floor, strict=True)]
        areas.append(Area(name=block.value, points=_corners([*upper, *reversed(lower)])))
        floor = ceiling
    ticks = tuple(Tick(at=_height(n / _TICKS), words=f"{top * n / _TICKS:,.4g} h") for n in range(_TICKS + 1))
    dots = tuple((x, _height(low / top)) for x, low in zip(places, floor, strict=True))
    total = Line(name="total", paths=(_corners(dots),), dots=dots)
    return _drawing(
        points, title="Hours to port (P50), by kind of work", areas=tuple(areas), lines=(total,), ticks=ticks
    )


def shares_drawing(points: Sequence[CurvePoint]) -> Drawing:
    """Return covered share and portability over time, 0 to 100."""
    places = _places(points)
    covered = [point.covered_share for point in points]
    portable = [None if p is None else p / 100 for p in (point.portability for point in points)]
    lines = (
        _line("findings that an AMD path covers", places, covered),
        _line("portability", places, portable),
    )
    ticks = tuple(Tick(at=_height(n / _TICKS), words=f"{100 * n // _TICKS} %") for n in range(_TICKS + 1))
    return _drawing(points, title="What is covered, and what needs no more than local edits", lines=lines, ticks=ticks)


def _drawing(
    points: Sequence[CurvePoint],
    *,
    title: str,
    lines: tuple[Line, ...],
    ticks: tuple[Tick, ...],
    areas: tuple[Area, ...] = (),
) -> Drawing:
    places = _places(points)
    labels = [(x, point.label.split(" ")[0]) for x, point in zip(places, points, strict=True)]
    marks = [
        (x, " and ".join(MARK_WORDS[mark] for mark in point.marks)) for x, point in zip(places, points, strict=True)
    ]
    days = [(x, point.at.date().isoformat()) for x, point in zip(places, points, strict=True)]
    return Drawing(
        title=title,
        areas=areas,
        lines=lines,
        ticks=ticks,
        releases=_spaced([label for label in labels if label[1]]),
        changes=tuple(Vertical(at=at, words=words) for at, words in marks if words),
        days=tuple(each for each in _spaced(days, gap=_LABEL_GAP * 1.6) if each.words),
    )


def _spaced(labels: Sequence[tuple[float, str]], *, gap: float = _LABEL_GAP) -> tuple[Vertical, ...]:
    """Return the labels, with words only where there is room; the last one always has them."""
    found: list[Vertical] = []
    free_from = -gap
    last = labels[-1][0] if labels else 0.0
    for number, (at, words) in enumerate(labels):
        is_last = number == len(labels) - 1
        has_room = at >= free_from and (is_last or at <= last - gap)
        found.append(Vertical(at=at, words=words if has_room or is_last else ""))
        if has_room:
            free_from = at + gap
    return tuple(found)


def _line(name: str, places: Sequence[float], shares: Sequence[float | None]) -> Line:
    paths: list[list[tuple[float, float]]] = [[]]
    for x, share in zip(places, shares, strict=True):
        if share is None:
            paths.append([])
        else:
            paths[-1].append((x, _height(share)))
    dots = tuple(dot for path in paths for dot in path)
    return Line(name=name, paths=tuple(_corners(path) for path in paths if path), dots=dots)


def _places(points: Sequence[CurvePoint]) -> list[float]:
    """Return where each point stands: by time, or evenly when times tell no order."""
    moments = [_seconds(point.at) for point in points]
    first, last = moments[0], moments[-1]
    room = WIDTH - LEFT - RIGHT
    is_ordered = all(before <= after for before, after in pairwise(moments))
    if last > first and is_ordered:
        return [LEFT + room * (moment - first) / (last - first) for moment in moments]
    return [LEFT + room * number / max(1, len(points) - 1) for number in range(len(points))]


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _height(share: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(1.0, max(0.0, share)))


def _corners(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _round_up(amount: float) -> float:
    """Return a round number, at least as large, that four lines divide well."""
    step = 1.0
    while step * 10 < amount:
        step *= 10
    return next(step * factor for factor in (1, 2, 4, 6, 8, 10) if step * factor >= amount)
