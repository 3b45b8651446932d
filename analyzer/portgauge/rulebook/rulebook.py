"""The rulebook: everything that is known, as one value."""

import re
from collections.abc import Mapping
from datetime import date

from portgauge.model.base import value
from portgauge.model.estimate import AccuracyFigure, BlockerOption
from portgauge.model.rule import (
    Category,
    Confidence,
    Example,
    Judgement,
    Names,
    Origin,
    PtxInstruction,
    Rule,
    Source,
)
from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.libraries import Libraries
from portgauge.rulebook.targets import TargetTable
from portgauge.rulebook.vendors import LayerRules, VendorWords


@value
class Table:
    """One table of facts: an API library or the PTX instructions. Each row is a rule."""

    name: str
    kind: str
    """``api``, ``ptx``, ``library``, ``build`` or ``python``."""
    title: str
    category: Category
    counterpart: str
    """The AMD library in words; empty when there is none."""
    status: str
    """``twin``, ``near-twin`` (another API), ``none`` or ``unknown``."""
    message: str
    confidence: Confidence
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """For each row the line of ``file`` on which it starts, from 1."""
    index: Mapping[str, int]
    """Symbol to row number."""
    judgement: tuple[Judgement, ...]
    sources: Mapping[str, Source]
    match_examples: Mapping[str, tuple[str, ...]]
    """Kind of row to templates; key "" holds for every kind."""
    no_match_examples: Mapping[str, tuple[str, ...]]
    example_languages: Mapping[str, str]
    """Kind of row to the language that its examples are written in; CUDA where none is named."""
    language_keywords: frozenset[str]
    is_library: bool
    """False for the language and its run time, which every CUDA program uses."""
    builtin_variables: frozenset[str]
    """Names that are read, not called."""
    plain_names_need_context: bool
    distinct_names: "re.Pattern[str]"
    """Names without CUDA's prefixes that still are nobody else's; they need no context."""
    needs_include: "tuple[re.Pattern[str], str] | None"
    """Names that count only in a file that includes a header, and that header."""
    not_matched: frozenset[str]
    """Rows that are known but not looked for, because their names say too little; reported as such."""
    file: str
    digest: str

    @property
    def key_column(self) -> str:
        """The column that names a row."""
        return self.columns[0]

    def is_distinct(self, name: str) -> bool:
        """Return whether a name without CUDA's prefixes still is nobody else's."""
        return self.distinct_names.fullmatch(name) is not None

    def include_needed_for(self, name: str) -> str:
        """Return the header that a file must include for a name to count; empty when it needs none."""
        if self.needs_include is None or not self.needs_include[0].fullmatch(name):
            return ""
        return self.needs_include[1]

    def row(self, number: int) -> dict[str, str]:
        """Return one row as column to text."""
        return dict(zip(self.columns, self.rows[number], strict=True))

    def rule(self, number: int) -> Rule:
        """Return the rule that a row is."""
        row = self.row(number)
        symbol = row[self.key_column]
        kind = row.get("kind", "")
        values = {"name": symbol.rsplit("::", 1)[-1], **row}

        def examples(templates: Mapping[str, tuple[str, ...]]) -> tuple[Example, ...]:
            chosen = templates.get(kind, templates.get("", ()))
            needed = self.include_needed_for(symbol)
            before = f"#include <{needed}>\n" if needed else ""
            language = self.example_languages.get(kind, "cuda")
            return tuple(
                Example(code=before + fill(template, values), text="", language=language) for template in chosen
            )

        return Rule(
            id=f"{self.name}/{symbol}",
            title=f"{self.title}: {symbol}",
            category=self.category,
            message=self.message,
            look_for=self._look_for(row),
            judgement=self.judgement,
            confidence=self.confidence,
            sources=tuple(self.sources[key] for key in row["source"].split(";") if key in self.sources)
            or tuple(self.sources.values())[:1],
            why="",
            instead="",
            not_found="",
            validate="",
            match_examples=examples(self.match_examples),
            no_match_examples=examples(self.no_match_examples),
            row=row,
            formerly=(),
            origin=Origin(file=self.file, line=self.lines[number]),
        )

    def _look_for(self, row: Mapping[str, str]) -> Names | PtxInstruction:
        if self.kind == "ptx":
            return PtxInstruction(
                heads=tuple(row["heads"].split(";")),
                requires=tuple(part for part in row["requires"].split(";") if part),
            )
        symbol = row[self.key_column]
        is_include = row["kind"] == "include"
        if self.kind != "api":
            return Names(identifiers=(), includes=(), namespaces=())
        return Names(
            identifiers=() if is_include else (symbol,),
            includes=(symbol,) if is_include else (),
            namespaces=(),
        )


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with ``{name}`` replaced where ``values`` has the name; other braces stay."""
    for name, text in values.items():
        template = template.replace("{" + name + "}", text)
    return template


@value
class Unlisted:
    """How a name is recognised that looks like CUDA and is in no table."""

    rule_id: str
    pattern: str
    """Regular expression, full match on an identifier."""


@value
class ShapeDefinition:
    """A shared structural pattern: what finds its candidates, and which parts a rule may test."""

    name: str
    anchor: str
    """``names``, ``query`` or ``directives``."""
    query: str
    parts: tuple[str, ...]


@value
class Shapes:
    """``shapes.yaml``: patterns, name groups and data-flow seeds."""

    definitions: Mapping[str, ShapeDefinition]
    groups: Mapping[str, frozenset[str]]
    seeds: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    """Seed to the identifiers and the calls that it starts from."""
    types_32_bit: frozenset[str]
    facts: frozenset[str]
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

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by id, None when there is none of that id."""
        if rule_id in self.patterns:
            return self.patterns[rule_id]
        table_name, _, symbol = rule_id.partition("/")
        table = self.tables.get(table_name)
        if table is None or symbol not in table.index:
            return None
        return table.rule(table.index[symbol])

    def oldest_source(self) -> date:
        """Return the date of the oldest source that any table or rule names."""
        dates = [
            date.fromisoformat(source.retrieved)
            for table in self.tables.values()
            for source in table.sources.values()
            if source.retrieved
        ]
        return min(dates)
