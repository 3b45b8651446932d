"""Rules: what to look for, and what a match is worth on a target."""

from collections.abc import Mapping
from enum import StrEnum

from portgauge.model.base import value


class Severity(StrEnum):
    """What happens on one target if nobody touches the site, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class FailureMode(StrEnum):
    """How a site fails when it is left as it is."""

    COMPILE_ERROR = "compile-error"
    RUNTIME_ERROR = "runtime-error"
    SILENT_WRONG = "silent-wrong"
    HANG = "hang"
    PERF = "perf"
    NONE = "none"


class Automation(StrEnum):
    """Who writes the edit: HIPIFY, a local mechanical edit, or somebody who understands the code."""

    AUTOMATIC = "automatic"
    ASSISTED = "assisted"
    MANUAL = "manual"


class Confidence(StrEnum):
    """That a match is a true site."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Mode(StrEnum):
    """How the team will work."""

    MANUAL = "manual"
    HIPIFY = "hipify"
    AGENT = "agent"


class Category(StrEnum):
    """The kind of thing that a rule is about."""

    API = "api"
    LIBRARY = "library"
    PTX = "ptx"
    WARP = "warp"
    MEMORY = "memory"
    TEXTURE = "texture"
    SYNC = "sync"
    MATH = "math"
    PRECISION = "precision"
    LAYOUT = "layout"
    GUARD = "guard"
    BUILD = "build"
    PYTHON = "python"
    CONTAINER = "container"
    KERNEL = "kernel"
    OTHER = "other"


@value
class Origin:
    """Where in ``rules/`` something is written, for messages."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@value
class Source:
    """Where a fact comes from."""

    key: str
    title: str
    url: str
    retrieved: str
    """ISO date on which the source was read; empty when the source has no date."""


@value
class Condition:
    """One part of a ``when``: a named value compared with one or more literals.

    ``name`` is a target property, ``rocm``, ``cuda``, ``route``, ``row.<column>`` or ``site.<fact>``.
    ``operator`` is ``in`` (equal to one of ``values``), ``not-in``, or one of ``< <= > >=``, which
    compare version numbers or integers.
    """

    name: str
    operator: str
    values: tuple[str | int | bool, ...]


@value
class Judgement:
    """What a site is worth when every condition of ``when`` holds."""

    when: tuple[Condition, ...]
    severity: Severity
    failure_mode: FailureMode
    automation: Automation
    effort_class: str
    message: str
    """Template; empty means the rule's own message."""
    blocker: str
    """Blocker class when this match is a decision, not an edit; else empty."""
    obstacle: str
    """Obstacle class that the match belongs to; may be empty."""
    origin: Origin


@value
class Names:
    """Look names up among the identifiers, macros and includes of a file."""

    identifiers: tuple[str, ...]
    includes: tuple[str, ...]
    """Include paths; one that ends in "/" stands for everything below it."""
    namespaces: tuple[str, ...]


@value
class Shape:
    """A shared structural pattern (``rules/shapes.yaml``) with tests on its parts."""

    name: str
    where: tuple[Mapping[str, tuple[str | int, ...]], ...]
    """Alternatives; in each, every named part must be one of the values."""
    flow: Mapping[str, tuple[str, ...]]
    """Part name to the data-flow seeds that it must come from."""


@value
class TreeQuery:
    """A tree-sitter query of its own; dear, so few rules may have one."""

    text: str


@value
class PtxInstruction:
    """An instruction or special register inside inline assembly."""

    heads: tuple[str, ...]
    """Instruction heads such as ``cp.async.bulk``; the longest that fits wins. Registers start with "%"."""
    requires: tuple[str, ...]
    """Modifiers of which one must be present, without the dot; may be empty."""


@value
class TextMarker:
    """A grep over raw text of whole files; says that a word occurs, nothing more."""

    patterns: tuple[str, ...]
    literals: tuple[str, ...]
    """Plain substrings of which at least one is in every match; the cheap first test."""
    languages: tuple[str, ...] = ()
    """Languages of ``discovery.yaml`` whose files are searched; empty for all."""


LookFor = Names | Shape | TreeQuery | PtxInstruction | TextMarker


@value
class Example:
    """A piece of code that a rule must match, or must not."""

    code: str
    text: str
    """The text that must be matched; empty when any match will do, or for a counter-example."""
    language: str


@value
class RuleNote:
    """What a report says about a rule; small enough to travel with an analysis."""

    id: str
    title: str
    category: Category
    why: str
    instead: str
    not_found: str
    """What the rule is known to miss; may be empty."""
    validate: str
    """What a test must show after the change; may be empty."""
    sources: tuple[Source, ...]


@value
class Rule:
    """One thing that portgauge knows how to find and what it means."""

    id: str
    title: str
    category: Category
    message: str
    look_for: LookFor
    judgement: tuple[Judgement, ...]
    confidence: Confidence
    sources: tuple[Source, ...]
    why: str
    instead: str
    not_found: str
    validate: str
    match_examples: tuple[Example, ...]
    no_match_examples: tuple[Example, ...]
    row: Mapping[str, str]
    """The columns of the table row that the rule was made from; empty for a pattern rule."""
    formerly: tuple[str, ...]
    origin: Origin

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"{self.id}: a rule needs at least one source")
        if not self.judgement or self.judgement[-1].when:
            raise ValueError(f"{self.id}: the last judgement line must hold everywhere (no `when`)")

    @property
    def note(self) -> RuleNote:
        """What a report says about this rule."""
        return RuleNote(
            id=self.id,
            title=self.title,
            category=self.category,
            why=self.why,
            instead=self.instead,
            not_found=self.not_found,
            validate=self.validate,
            sources=self.sources,
        )
