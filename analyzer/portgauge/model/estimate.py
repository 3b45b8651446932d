"""Hours, and the lines that they are made of."""

from enum import StrEnum

from portgauge.model.base import value
from portgauge.model.rule import Mode


def _check_range(p50: float, p90: float, unit: str) -> None:
    if not 0 <= p50 <= p90:
        raise ValueError(f"expected 0 <= p50 <= p90 {unit}, found p50={p50}, p90={p90}")


@value
class Minutes:
    """Person-minutes for one site: half of such sites take less than p50, nine in ten less than p90."""

    p50: float
    p90: float

    def __post_init__(self) -> None:
        _check_range(self.p50, self.p90, "minutes")


@value
class Hours:
    """Person-hours. P50s add by convention; P90s do not, so there is no "+"."""

    p50: float
    p90: float

    def __post_init__(self) -> None:
        _check_range(self.p50, self.p90, "hours")

    def minutes(self, factor: float = 1.0) -> Minutes:
        """Return the same time in minutes, times a factor."""
        return Minutes(p50=self.p50 * 60 * factor, p90=self.p90 * 60 * factor)


class Block(StrEnum):
    """What an hour is for; never mixed."""

    CHANGE = "change"
    VERIFY = "verify"
    TUNE = "tune"
    UPSTREAM = "upstream"


@value
class EffortClass:
    """What one unit of work of a kind costs, in each way of working, in person-minutes.

    Without waiting for builds or machines.
    """

    name: str
    title: str
    manual: Minutes
    hipify: Minutes
    agent: Minutes
    per: str
    """The unit: ``site``, or ``rule-in-file``, ``-component`` or ``-codebase``, where the first site is dear."""
    repeat: float
    """Share of the price, 0 to 1, that each further site of the same rule costs; 1 when the unit is a site."""
    grade: str
    """A to E: what kind of work it is."""
    basis: str
    """What the minutes rest on. Starts with "measured:" or "judgement:"."""

    def minutes(self, mode: Mode) -> Minutes:
        """Return the minutes of one unit in the given way of working."""
        match mode:
            case Mode.MANUAL:
                return self.manual
            case Mode.HIPIFY:
                return self.hipify
            case Mode.AGENT:
                return self.agent


@value
class EstimateLine:
    """One addend of an estimate."""

    component: str | None
    """None for work on the codebase as a whole."""
    block: Block
    effort_class: str
    reason: str
    """For people: "warp-site, 12 sites", "port the CMake build"."""
    units: int
    """How many times the price applies: sites, files, kernels; 1 for a fixed cost."""
    minutes_each: Minutes
    """Of one unit; for further places of a rule, what is left of its price there."""
    hours: Hours
    basis: str
    grade: str
    """A to E: what kind of work it is; empty for work that has no grade of its own (rework, upstream)."""
    fingerprints: tuple[str, ...]
    """The findings that the line prices; empty for a fixed cost."""


@value
class Estimate:
    """Person-hours of a component, or of the whole, on one target in one way of working."""

    target: str
    mode: Mode
    component: str | None
    """None for the whole codebase."""
    lines: tuple[EstimateLine, ...]
    total: Hours
    """``total.p50`` is the sum of the lines' P50; the P90 is combined (``effort.combine``)."""
    blocks: tuple[tuple[Block, Hours], ...]
    """Every block, in order, also those at zero. P50s add up to the total's; P90s do not add."""
    grade: str
    """A to E, or empty when nothing is to do."""

    def __post_init__(self) -> None:
        added = sum(line.hours.p50 for line in self.lines)
        if abs(added - self.total.p50) > 1e-6 * max(1.0, added):
            raise ValueError(f"lines add up to {added} hours, the total says {self.total.p50}")

    def block(self, block: Block) -> Hours:
        """Return the hours of one block."""
        return dict(self.blocks)[block]


@value
class AgentMeasure:
    """One thing that a coding agent uses up: one port in ten used less than p10, half than p50, nine than p90."""

    name: str
    """``tokens``, ``build_test_cycles`` or ``wall_hours``."""
    title: str
    p10: float
    p50: float
    p90: float
    ports: int
    """Finished ports whose record the spread comes from."""
    why: str
    """Whether it was shifted for this code, and what that rests on."""

    def __post_init__(self) -> None:
        if not 0 <= self.p10 <= self.p50 <= self.p90:
            raise ValueError(f"{self.name}: expected 0 <= p10 <= p50 <= p90, found {self.p10}, {self.p50}, {self.p90}")


@value
class AgentEffort:
    """What a coding agent uses until the port passes its tests on one GPU; beside person-hours, never in them."""

    measures: tuple[AgentMeasure, ...]
    recorded_ports: int
    """Ports that were recorded whole, on which ``half_an_hour`` rests."""
    half_an_hour: tuple[str, ...]
    """Whether it goes in half an hour: until it runs, and until it is validated on two wave widths."""
    basis: str


@value
class BlockerOption:
    """One way past a blocker."""

    title: str
    hours: Hours | None
    """Price in hipify mode; None when nobody has a figure."""
    basis: str


CODEBASE_AS_A_WHOLE = "the codebase as a whole"
"""What the work that belongs to no component is called beside components."""
RULES_CHANGED = "The rules changed since this was measured."
"""Stands in the note of a figure that was measured with other rules than those that judged."""


@value
class AccuracyFigure:
    """One published error figure of the rulebook and tool."""

    corpus: str
    measure: str
    figure: str
    n: int
    measured: str
    """ISO date."""
    note: str

    @property
    def was_measured_with_other_rules(self) -> bool:
        """Return whether the rules that judged are not those that the figure was measured with."""
        return RULES_CHANGED in self.note
