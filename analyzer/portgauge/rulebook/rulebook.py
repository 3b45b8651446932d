"""The rulebook: everything that is known, as one value."""

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import date

from portgauge.model.base import value
from portgauge.model.estimate import AccuracyFigure, BlockerOption
from portgauge.model.rule import Rule, RuleNote, Severity, Source
from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.libraries import Libraries
from portgauge.rulebook.table import Table
from portgauge.rulebook.targets import TargetTable
from portgauge.rulebook.vendors import LayerRules, VendorWords


@value
class Unlisted:
    """How a name is recognised that looks like CUDA and is in no table."""

    rule_id: str
    pattern: str
    """Regular expression, full match on an identifier."""
    namespaces: frozenset[str]
    """Namespaces of CUDA's libraries: what is written as a member of one counts even when no table lists it."""


@value
class ShapeDefinition:
    """A shared structural pattern: what finds its candidates, and which parts a rule may test."""

    name: str
    anchor: str
    """``names``, ``members``, ``keywords``, ``constants``, ``query``, ``directives``, ``comments``, ``text``,
    ``functions`` or ``marks``."""
    query: str
    parts: tuple[str, ...]


@value
class TextForm:
    """Code that is told by how it is written, where the grammar takes it for something else."""

    literals: tuple[str, ...]
    """Texts of which one stands in every match: the cheap first test."""
    pattern: str
    """Regular expression over the code without comments and strings; its group 1, if any, is the match."""


@value
class WaveUses:
    """Names of what exchanges values within a wave, by how far across it that reaches."""

    near: frozenset[str]
    """Stays within 32 lanes as code for 32 lanes uses it."""
    by_lane: frozenset[str]
    """Reads a lane by its number: within 32 lanes only with a width."""
    whole: frozenset[str]
    """Sees the whole wave."""
    assembly: str
    """What inline assembly shows that does: a regular expression."""
    helpers: str
    """How functions of other files are called that may do any of this: a regular expression."""


@value
class TellingWords:
    """How names are found that tell how data lie, and what conditions on them ask for."""

    marks: tuple[str, ...]
    """A name that holds one of these is looked at."""
    sizes: tuple[str, ...]
    """A name that holds one of these is looked at as the size of an array."""
    deciders: Mapping[str, str]
    """What a condition asks for, to the regular expression over its text that shows it."""
    copies: Mapping[str, str]
    """Regular expressions over the text of a function: ``pitched_allocation`` (buffer and pitch), ``copy`` (first
    argument and the rest), and ``to_host`` over the arguments of a copy."""


@value
class RadixSort:
    """Where the first bit of the keys stands among the arguments of a radix sort, from 0."""

    separate: int
    """With in and out apart."""
    double_buffer: int


@value
class Shapes:
    """``shapes.yaml``: patterns, name groups and data-flow seeds."""

    definitions: Mapping[str, ShapeDefinition]
    groups: Mapping[str, frozenset[str]]
    launch_calls: Mapping[str, Mapping[str, int]]
    """Calls that launch a kernel, each with the places of its arguments, from 0, by what they give."""
    radix_sorts: Mapping[str, RadixSort]
    seeds: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    """Seed to the identifiers and the calls that it starts from."""
    weakening_seeds: frozenset[str]
    """Seeds that are as often data as what a rule looks for; a site that they reach is less certain."""
    wave_uses: WaveUses
    types_32_bit: frozenset[str]
    facts: frozenset[str]
    quiet_words: frozenset[str]
    """Anchors that any C++ code uses; they alone make no file worth parsing."""
    text_features: Mapping[str, str]
    """Feature to the regular expression over the text of a function or file that shows it."""
    text_forms: Mapping[str, TextForm]
    telling_names: TellingWords
    device_macro: str
    """Regular expression, full match on the name of a macro that marks functions of the device."""
    kernel_features: Mapping[str, str]
    """Feature to the regular expression over a kernel's text that shows it."""


@value
class BlockerClass:
    """A decision that no edit replaces, and the ways past it."""

    name: str
    title: str
    options: tuple[BlockerOption, ...]


@value
class VerdictRule:
    """The numbers of the verdict; shares are 0 to 1 of CUDA code lines."""

    min_touched_share: float
    """Of files that hold a blocker or include one that does."""
    min_direct_share: float
    """Of files that hold a blocker."""
    min_code_files: int
    """Files with AMD code that make a path, beside a build for AMD GPUs."""
    min_code_files_torch: int
    min_defined_functions: int
    """Functions of CUDA that the code defines itself, from which on it stands in for CUDA."""
    interception_class: str
    min_hazard_severity: Severity
    """From which on a difference in behaviour is an obstacle; a library or a build is one whenever it is there."""
    implied_obstacles: Mapping[str, tuple[str, ...]]
    present_obstacles: Mapping[str, tuple[str, ...]]
    """Obstacle class to the rules of which one place is enough."""
    """Obstacle class to those of which each must be found for it to be named too."""
    build_obstacles: Mapping[str, str]
    """Language of build files to the obstacle class that it brings."""
    basis: str


@value
class Rulebook:
    """Everything that is known, with its source. Made by ``loader.load_rulebook``."""

    patterns: Mapping[str, Rule]
    pattern_digests: Mapping[str, str]
    tables: Mapping[str, Table]
    unlisted: Unlisted | None
    shapes: Shapes
    effort: EffortModel
    targets: TargetTable
    blockers: Mapping[str, BlockerClass]
    verdict: VerdictRule
    libraries: Libraries
    vendors: VendorWords
    layers: LayerRules
    discovery: Mapping[str, object]
    """``discovery.yaml`` as it stands, for the room that reads it."""
    not_looked_for: tuple[tuple[str, str], ...]
    """Subject and reason: what no rule of this version looks for."""
    accuracy: tuple[AccuracyFigure, ...]
    digest: str
    """sha256 over all rule files."""
    _rules_of_rows: dict[str, Rule | None] = field(init=False, default_factory=dict, compare=False, repr=False)
    """Rows that were asked for as rules: making one fills its templates, and a few are asked for again and again."""

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by id, None when there is none of that id."""
        if rule_id in self.patterns:
            return self.patterns[rule_id]
        if rule_id not in self._rules_of_rows:
            self._rules_of_rows[rule_id] = self._rule_of_row(rule_id)
        return self._rules_of_rows[rule_id]

    def _rule_of_row(self, rule_id: str) -> Rule | None:
        table_name, _, symbol = rule_id.partition("/")
        table = self.tables.get(table_name)
        if table is None or symbol not in table.index:
            return None
        return table.rule(table.index[symbol])

    def looked_for(self) -> tuple[tuple[str, str], ...]:
        """Return rule table or rule id, each with a digest of what it looks for, sorted."""
        tables = [(f"{name}/*", table.digest) for name, table in self.tables.items()]
        return tuple(sorted([*tables, *self.pattern_digests.items()]))

    def notes(self, rule_ids: Collection[str]) -> tuple[RuleNote, ...]:
        """Return what a report says about each of the rules, in order of rule id."""
        rules = (self.rule(rule_id) for rule_id in sorted(rule_ids))
        return tuple(rule.note for rule in rules if rule is not None)

    def sources(self) -> tuple[Source, ...]:
        """Return every source that a table or rule names, sorted by key."""
        sources = {source.key: source for table in self.tables.values() for source in table.sources.values()}
        sources |= {source.key: source for rule in self.patterns.values() for source in rule.sources}
        return tuple(sources[key] for key in sorted(sources))

    def oldest_source(self) -> date:
        """Return the date of the oldest source that any table or rule names."""
        dates = [
            date.fromisoformat(source.retrieved)
            for table in self.tables.values()
            for source in table.sources.values()
            if source.retrieved
        ]
        return min(dates)
