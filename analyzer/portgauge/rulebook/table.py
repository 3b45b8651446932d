"""One table of facts, and the rule that each of its rows is."""

import re
from collections.abc import Mapping

from portgauge.model.base import value
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
            title=row.get("title") or f"{self.title}: {symbol}",
            category=Category(row.get("category") or self.category),
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
