"""What a scan was held against: a baseline, gates, and what each gate found."""

from portgauge.model.base import value


@value
class SinceBaseline:
    """What changed on the headline target since a team accepted what was there."""

    target: str
    accepted: int
    """Findings of the baseline."""
    new: int
    """Findings that need somebody and that the baseline lacks."""
    gone: int
    """Findings of the baseline that are not there any more."""
    not_comparable: int
    """Findings of rules that looked for something else when the baseline was made; they are not new."""
    hours_before: float | None
    """Person-hours, P50, when the baseline was made; None when it has none for this target and way of working."""
    hours_now: float
    is_other_rulebook: bool
    """Whether the baseline was made with other rules, so that hours are not held against the code."""


@value
class GateResult:
    """One gate as it was asked for, and whether it was met."""

    gate: str
    is_met: bool


@value
class Acceptance:
    """What one scan was held against. Nothing in it names a place of the code."""

    since: SinceBaseline | None
    """None when no baseline was given."""
    gates: tuple[GateResult, ...]
    """In the order of the command line."""
