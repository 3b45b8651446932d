"""Snapshots in a row: what came and went between them, and where a difference says nothing about the code."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from portgauge.model.estimate import CODEBASE_AS_A_WHOLE
from portgauge.model.rounded import rounded
from portgauge.model.snapshot import CurvePoint, Mark, Mover, Snapshot, Step, Trend

MAX_CURVE_POINTS = 200
"""In a report; `portgauge trend` shows all."""
_DIGITS = 6
_DAYS_PER_YEAR = 365.25
_MIN_DAYS = 30


def make_trend(snapshots: Sequence[Snapshot], *, target: str = "", notes: Sequence[str] = ()) -> Trend:
    """Return the history that snapshots of one codebase make, oldest first.

    Args:
        snapshots: At least one, oldest first.
        target: The GPU that figures are for; empty for the headline target of the newest snapshot.
        notes: What a reader should know beside what is found here.
    """
    last = snapshots[-1]
    target = target or last.targets[0].target
    # Hours of different ways of working make no curve.
    asked = [s for s in snapshots if s.mode == last.mode and s.figures(target) is not None]
    left_out = len(snapshots) - len(asked)
    own_notes = list(notes)
    if left_out:
        own_notes.append(f"{left_out:,} snapshots for another GPU or way of working are left out.")
    steps: list[Step] = []
    for number, snapshot in enumerate(asked):
        before = asked[number - 1] if number else None
        figures = snapshot.figures(target)
        assert figures is not None
        steps.append(
            Step(
                snapshot=snapshot,
                figures=figures,
                added=_more(snapshot, before) if before else 0,
                fixed=_more(before, snapshot) if before else 0,
                marks=_marks(before, snapshot) if before else (),
            )
        )
    marked = sum(bool(step.marks) for step in steps)
    if marked:
        own_notes.append(
            f"At {marked:,} {'point' if marked == 1 else 'points'} the rules, portgauge or the settings changed too; "
            "they are marked, and a step to one of them is neither progress nor its opposite."
        )
    if asked and any(each.targets[0].target != target for each in (asked[0], asked[-1])):
        own_notes.append(f"Hours by component are kept for the first GPU of a scan; for {target} there are none here.")
    own_notes.append(
        "Added and fixed count the findings that need somebody, by rule, function and text; "
        "portgauge diff goes file by file, and calls judged otherwise what an AMD path now covers."
    )
    return Trend(
        codebase=last.codebase,
        target=target,
        mode=last.mode,
        steps=tuple(steps),
        movers=_movers(asked[0], asked[-1], target=target) if asked else (),
        churn_per_year=_churn_per_year(steps),
        notes=tuple(own_notes),
    )


def recorded_curve(snapshots: Iterable[Snapshot], *, now: Snapshot) -> tuple[CurvePoint, ...]:
    """Return the curve of a codebase that ends with an analysis of it, oldest first; none when nothing is earlier.

    It is for the headline target and way of working of that analysis. What was recorded of the same commit with other
    rules or settings is left out: only the end says what holds now.
    """
    target = now.targets[0].target
    earlier = [each for each in snapshots if each.mode == now.mode and each.figures(target) and each.at < now.at]
    if not earlier:
        return ()
    steps = make_trend([*earlier[1 - MAX_CURVE_POINTS :], now], target=target).steps
    return tuple(rounded(step.point) for step in steps)


def _more(one: Snapshot, other: Snapshot) -> int:
    """Return how many findings one snapshot has that the other has not."""
    return (Counter(one.finding_keys) - Counter(other.finding_keys)).total()


def _marks(before: Snapshot, now: Snapshot) -> tuple[Mark, ...]:
    found = []
    if before.rulebook_digest != now.rulebook_digest:
        found.append(Mark.KNOWLEDGE)
    if before.tool_version != now.tool_version:
        found.append(Mark.TOOL)
    if _without_targets(before.settings) != _without_targets(now.settings):
        found.append(Mark.SETTINGS)
    return tuple(found)


def _without_targets(settings: str) -> object:
    loaded = json.loads(settings)
    # The figures are for one target, however many others were asked for beside it.
    return {name: asked for name, asked in loaded.items() if name != "targets"}


def _movers(first: Snapshot, last: Snapshot, *, target: str) -> tuple[Mover, ...]:
    """Return what moved between two snapshots; nothing for a target that a scan put second: only the first is kept."""
    if any(snapshot.targets[0].target != target for snapshot in (first, last)):
        return ()
    before, after = _parts(first), _parts(last)
    movers = [
        Mover(name=name, first_p50=before.get(name, 0.0), last_p50=after.get(name, 0.0))
        for name in sorted(before.keys() | after.keys())
        if before.get(name, 0.0) != after.get(name, 0.0)
    ]
    return tuple(sorted(movers, key=lambda mover: (-abs(mover.last_p50 - mover.first_p50), mover.name)))


def _parts(snapshot: Snapshot) -> dict[str, float]:
    """Return the hours of each component and of what belongs to none; they add up to those of the first target."""
    parts = {part.name: part.hours_p50 for part in snapshot.components}
    whole = snapshot.targets[0].hours_p50 - sum(parts.values())
    return {**parts, CODEBASE_AS_A_WHOLE: round(whole, _DIGITS) + 0.0}


def _churn_per_year(steps: Sequence[Step]) -> float | None:
    """Return the findings that came per year as a share of those that stand on average; marked steps don't count."""
    days = added = 0.0
    standing = []
    for before, now in pairwise(steps):
        if now.marks:
            continue
        days += (now.snapshot.at - before.snapshot.at).total_seconds() / 86_400
        added += now.added
        standing.append(len(now.snapshot.finding_keys))
    if days < _MIN_DAYS or not any(standing):
        return None
    return added / (days / _DAYS_PER_YEAR) / (sum(standing) / len(standing))
