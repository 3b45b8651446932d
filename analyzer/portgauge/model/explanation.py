"""What is known about one name, ready to be shown."""

from collections.abc import Mapping

from portgauge.model.base import value
from portgauge.model.rule import Automation, FailureMode, Mode, Severity, Source


@value
class Said:
    """One labelled sentence."""

    label: str
    text: str


@value
class RouteSays:
    """What a table of another route says about the name."""

    route: str
    symbol: str
    """The name of the row that answers, which may be a later form of the name or hold ``*``."""
    library: str
    status: str
    text: str
    needs_review: bool
    source: Source | None
    """None when the table does not list the name."""


@value
class Judged:
    """What the name is worth on some targets, when the open conditions hold."""

    targets: tuple[str, ...]
    when: str
    """Conditions on the place in the code, which nobody knows before a scan; empty when there are none."""
    severity: Severity
    failure_mode: FailureMode
    automation: Automation
    effort_class: str
    message: str
    blocker: str
    obstacle: str


@value
class Price:
    """What one unit of work costs; ``unit`` is ``minutes`` or ``hours`` of a person."""

    name: str
    title: str
    per: str
    unit: str
    grade: str
    by_mode: Mapping[Mode, tuple[float, float]]
    """P50 and P90."""
    basis: str


@value
class WayPast:
    """One way past a blocker."""

    title: str
    hours: tuple[float, float] | None
    """P50 and P90 in person-hours, in hipify mode; None when nobody has a figure."""
    basis: str


@value
class Decision:
    """A class of blockers: a decision that no edit replaces."""

    title: str
    ways: tuple[WayPast, ...]


@value
class Mention:
    """A pattern rule that looks for the name: a difference that a rename does not show."""

    rule_id: str
    title: str
    severities: tuple[tuple[str, Severity], ...]
    """Target and the worst severity there."""


@value
class Explanation:
    """Everything that the rulebook knows about one meaning of a name."""

    name: str
    what: str
    """What it is, in a few words."""
    rule_id: str
    """Empty for what is no rule: a target, a route, a library."""
    said: tuple[Said, ...]
    judged: tuple[Judged, ...]
    routes: tuple[RouteSays, ...]
    mentions: tuple[Mention, ...]
    prices: tuple[Price, ...]
    ways: tuple[WayPast, ...]
    """Ways past a blocker, when the name is one."""
    related: tuple[str, ...]
    """Names that stand near it, for the next question."""
    sources: tuple[Source, ...]
    ages_months: tuple[int, int] | None
    """Of the newest and the oldest source, in whole months; None when no source has a date."""
    origin: str
    """File and line in ``rules/``."""
    row: Mapping[str, str]
    """The row's columns as they stand in its table; empty for what is no row."""
