"""CSV tables of facts with their YAML header: API libraries, PTX instructions, libraries, build signals, packages."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portgauge.model.base import value
from portgauge.model.rule import Category, Confidence, Judgement, Source
from portgauge.rulebook.judgements import Vocabulary, check_message, read_judgements
from portgauge.rulebook.rows import Rows, read_rows
from portgauge.rulebook.sources import read_sources
from portgauge.rulebook.table import Table
from portgauge.rulebook.yamlfile import (
    LINES,
    MAPPING,
    TEXT,
    WORDS,
    YES_NO,
    Defects,
    Document,
    Form,
    Mapped,
    check_keys,
    complaining,
    pattern,
    read_document,
    words,
)

_KEYS: Mapping[str, Form] = {
    "table": TEXT,
    "kind": frozenset({"api", "ptx", "library", "build", "python"}),
    "title": TEXT,
    "category": frozenset(Category),
    "counterpart": TEXT,
    "message": TEXT,
    "judgement": LINES,
    "efforts": MAPPING,
    "sources": MAPPING,
    "examples": MAPPING,
    "language_keywords": WORDS,
    "plain_names_need_context": YES_NO,
    "distinct_names": TEXT,
    "needs_include": MAPPING,
    "not_matched": WORDS,
    "confidence": frozenset(Confidence),
    "status": frozenset({"twin", "near-twin", "none", "unknown"}),
    "obstacle": TEXT,
    "builtin_variables": WORDS,
    "is_library": YES_NO,
}
_COLUMNS = {
    "api": ("symbol", "kind", "status", "source"),
    "ptx": ("instruction", "heads", "requires", "needs_operand", "source"),
}
"""What the rows of a kind of table must have, the first in its place; other kinds are checked where they are read."""
_SHARED_KEYS: Mapping[str, Form] = {
    name: _KEYS[name]
    for name in ("category", "efforts", "plain_names_need_context", "judgement", "sources", "examples")
}


@value
class Family:
    """What the tables of one folder share: ``_family.yaml``, or nothing."""

    document: Document | None

    def get(self, key: str) -> Any:
        """Return a shared value, None when the folder shares none."""
        return self.document.root.get(key) if self.document else None


def _check_rows(
    found: Rows, sources: Mapping[str, Source], *, name: str, header: str, defects: Defects
) -> dict[str, int]:
    index: dict[str, int] = {}
    source_column = found.columns.index("source")
    operand_column = found.columns.index("needs_operand") if "needs_operand" in found.columns else None
    for number, (row, line) in enumerate(zip(found.rows, found.lines, strict=True)):
        if row[0] in index:
            defects.add(f"{name}:{line}", f"{row[0]!r} stands twice, first on line {found.lines[index[row[0]]]}")
        index[row[0]] = number
        if operand_column is not None:
            _check_operand(row[operand_column], origin=f"{name}:{line}", defects=defects)
        for key in row[source_column].split(";"):
            if key not in sources:
                defects.add(
                    f"{name}:{line}",
                    f"source {key!r} is not defined in {header}; defined are: {', '.join(sources)}",
                )
    return index


def _check_operand(pattern_text: str, *, origin: str, defects: Defects) -> None:
    try:
        re.compile(pattern_text)
    except re.error as error:
        defects.add(origin, f"needs_operand {pattern_text!r} does not compile: {error}")


def _has_columns(found: Rows, kind: str, *, name: str, defects: Defects) -> bool:
    """Return whether the rows have the columns that their kind of table needs; what is missing is one defect."""
    if not found.columns:
        if not defects.are_in(name):
            defects.add(f"{name}:1", "is empty; expected a line of column names")
        return False
    missing = [column for column in _COLUMNS.get(kind, ("source",)) if column not in found.columns]
    if missing:
        defects.add(f"{name}:1", f"no column {', '.join(missing)}; found are: {', '.join(found.columns)}")
    return not missing


def _check_examples(table: Table, *, name: str, header: str, defects: Defects) -> None:
    for which, examples in (("match", table.match_examples), ("no_match", table.no_match_examples)):
        if not any(examples.values()):
            defects.add(
                f"{header}:1", f"no `{which}` example, neither here nor in _family.yaml; a rule needs both kinds"
            )
    if "" in table.match_examples or not table.match_examples or "kind" not in table.columns:
        return
    kind_column = table.columns.index("kind")
    for row, line in zip(table.rows, table.lines, strict=True):
        if row[kind_column] not in table.match_examples:
            known = ", ".join(sorted(table.match_examples))
            defects.add(f"{name}:{line}", f"kind {row[kind_column]!r} has no examples; expected one of {known}")


def _examples(document: Document, family: Family, own: Any, which: str) -> dict[str, tuple[str, ...]]:
    raw = own if own is not None else family.get("examples")
    if not isinstance(raw, Mapped):
        return {}
    if "match" in raw:
        return {"": words(raw.get(which))}
    return {kind: words(entry.get(which)) for kind, entry in raw.items() if isinstance(entry, Mapped)}


def _example_languages(family: Family, own: Any) -> dict[str, str]:
    raw = own if own is not None else family.get("examples")
    if not isinstance(raw, Mapped):
        return {}
    return {
        kind: str(entry["language"]) for kind, entry in raw.items() if isinstance(entry, Mapped) and "language" in entry
    }


def read_table(
    header_path: Path,
    *,
    folder_name: str,
    family: Family,
    vocabulary: Vocabulary,
    defects: Defects,
) -> Table | None:
    """Return one table from its header ``x.yaml`` and its rows ``x.csv``; None when the header is unreadable."""
    header_name = f"{folder_name}/{header_path.name}"
    document = read_document(header_path, name=header_name, defects=defects)
    csv_path = header_path.with_suffix(".csv")
    csv_name = f"{folder_name}/{csv_path.name}"
    if document is None:
        return None
    if not csv_path.is_file():
        defects.add(f"{header_name}:1", f"the rows are missing: expected {csv_name}")
        return None
    table: Table | None = None
    with complaining(document, defects):
        table = _table(document, csv_path, csv_name=csv_name, family=family, vocabulary=vocabulary, defects=defects)
        if table is not None:
            _check_examples(table, name=csv_name, header=header_name, defects=defects)
    return table


def _table(
    document: Document, csv_path: Path, *, csv_name: str, family: Family, vocabulary: Vocabulary, defects: Defects
) -> Table | None:
    root = document.root
    check_keys(document, root, allowed=_KEYS, defects=defects)
    sources: dict[str, Source] = {}
    if family.document:
        check_keys(family.document, family.document.root, allowed=_SHARED_KEYS, defects=defects)
        sources |= read_sources(family.document, family.get("sources"), defects=defects)
    sources |= read_sources(document, root.get("sources"), defects=defects)
    found = read_rows(csv_path, name=csv_name, defects=defects)
    if not _has_columns(found, str(root["kind"]), name=csv_name, defects=defects):
        return None
    index = _check_rows(found, sources, name=csv_name, header=document.name, defects=defects)
    own_vocabulary = vocabulary_for(vocabulary, found.columns)
    message = str(root.get("message") or "")
    check_message(message, document=document, line=root, vocabulary=own_vocabulary, defects=defects)
    digest = hashlib.sha256("\n".join("\t".join(row[:2]) for row in found.rows).encode()).hexdigest()[:16]
    needs_include = root.get("needs_include") or {}
    if needs_include:
        check_keys(document, needs_include, allowed={"names": TEXT, "include": TEXT}, defects=defects)
    return Table(
        name=str(root["table"]),
        kind=str(root["kind"]),
        title=str(root["title"]),
        category=_category(root.get("category") or family.get("category")),
        counterpart=str(root.get("counterpart") or ""),
        status=str(root.get("status") or "unknown"),
        message=message,
        confidence=Confidence(str(root.get("confidence") or "high")),
        columns=found.columns,
        rows=found.rows,
        lines=found.lines,
        index=index,
        judgement=_judgement(document, family, own_vocabulary, defects),
        sources=sources,
        match_examples=_examples(document, family, root.get("examples"), "match"),
        no_match_examples=_examples(document, family, root.get("examples"), "no_match"),
        example_languages=_example_languages(family, root.get("examples")),
        language_keywords=frozenset(words(root.get("language_keywords"))),
        is_library=bool(root.get("is_library", root.get("kind") == "api")),
        builtin_variables=frozenset(words(root.get("builtin_variables"))),
        plain_names_need_context=bool(root.get("plain_names_need_context", family.get("plain_names_need_context"))),
        distinct_names=pattern(document, root, "distinct_names", defects=defects),
        needs_include=(
            (pattern(document, needs_include, "names", defects=defects), str(needs_include["include"]))
            if needs_include
            else None
        ),
        not_matched=frozenset(words(root.get("not_matched"))),
        file=csv_name,
        digest=digest,
    )


def _category(found: Any) -> Category:
    """Return the category; one that does not exist was complained about where it stands."""
    return Category(found) if found in frozenset(Category) else Category.OTHER


def vocabulary_for(vocabulary: Vocabulary, columns: tuple[str, ...]) -> Vocabulary:
    """Return the vocabulary with the columns of one table."""
    return Vocabulary(
        target_properties=vocabulary.target_properties,
        site_facts=vocabulary.site_facts,
        row_columns=frozenset(columns),
        effort_classes=vocabulary.effort_classes,
        blocker_classes=vocabulary.blocker_classes,
        obstacle_classes=vocabulary.obstacle_classes,
    )


def _judgement(document: Document, family: Family, vocabulary: Vocabulary, defects: Defects) -> tuple[Judgement, ...]:
    """Return a table's own lines, followed by those that its folder shares."""
    efforts = {**(family.get("efforts") or {}), **(document.root.get("efforts") or {})}
    parts = [
        (part, raw)
        for part, raw in (
            (document, document.root.get("judgement")),
            (family.document, family.get("judgement")),
        )
        if part is not None and raw is not None
    ]
    judged: tuple[Judgement, ...] = ()
    for number, (part, raw) in enumerate(parts, start=1):
        judged += read_judgements(
            part,
            raw,
            vocabulary=vocabulary,
            efforts=efforts,
            rule_obstacle=str(document.root.get("obstacle") or ""),
            must_close=number == len(parts),
            defects=defects,
        )
    if not parts:
        defects.add(document.origin(), "no `judgement`, neither here nor in _family.yaml")
    return judged
