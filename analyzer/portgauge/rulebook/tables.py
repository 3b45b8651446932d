"""CSV tables of facts with their YAML header: the API libraries and the PTX instructions."""

import csv
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portgauge.model.base import value
from portgauge.model.rule import Category, Confidence, Judgement, Source
from portgauge.rulebook.judgements import Vocabulary, check_message, read_judgements
from portgauge.rulebook.rulebook import Table
from portgauge.rulebook.yamlfile import Defects, Document, Mapped, check_keys, read_document, words

_KEYS = [
    "table",
    "kind",
    "title",
    "category",
    "counterpart",
    "message",
    "judgement",
    "efforts",
    "sources",
    "examples",
    "language_keywords",
    "plain_names_need_context",
    "not_matched",
    "confidence",
    "status",
    "builtin_variables",
    "is_library",
]


@value
class Family:
    """What the tables of one folder share: ``_family.yaml``, or nothing."""

    document: Document | None

    def get(self, key: str) -> Any:
        """Return a shared value, None when the folder shares none."""
        return self.document.root.get(key) if self.document else None


def read_sources(document: Document, raw: Any, *, defects: Defects) -> dict[str, Source]:
    """Return the sources that a file defines, by key."""
    sources = {}
    for key, entry in (raw or {}).items():
        if not isinstance(entry, Mapped) or "title" not in entry:
            defects.add(document.origin(raw, key), f"source {key!r} needs title, url and retrieved")
            continue
        check_keys(document, entry, allowed=("title", "url", "retrieved"), defects=defects)
        sources[key] = Source(
            key=key,
            title=str(entry["title"]),
            url=str(entry.get("url") or ""),
            retrieved=str(entry.get("retrieved") or ""),
        )
    return sources


def _rows(path: Path, *, name: str, defects: Defects) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream)
        columns = tuple(next(reader, ()))
        rows = []
        for row in reader:
            if len(row) != len(columns):
                defects.add(f"{name}:{reader.line_num}", f"{len(row)} cells; expected {len(columns)}")
                continue
            rows.append(tuple(row))
    return columns, rows


def _check_rows(
    columns: tuple[str, ...],
    rows: list[tuple[str, ...]],
    sources: Mapping[str, Source],
    *,
    name: str,
    header: str,
    defects: Defects,
) -> dict[str, int]:
    index: dict[str, int] = {}
    if "source" not in columns:
        defects.add(f"{name}:1", "no column `source`; every fact names its source")
        return index
    source_column = columns.index("source")
    for number, row in enumerate(rows):
        if row[0] in index:
            defects.add(f"{name}:{number + 2}", f"{row[0]!r} stands twice, first on line {index[row[0]] + 2}")
        index[row[0]] = number
        for key in row[source_column].split(";"):
            if key not in sources:
                defects.add(
                    f"{name}:{number + 2}",
                    f"source {key!r} is not defined in {header}; defined are: {', '.join(sources)}",
                )
    return index


def _examples(document: Document, family: Family, own: Any, which: str) -> dict[str, tuple[str, ...]]:
    raw = own if own is not None else family.get("examples")
    if not isinstance(raw, Mapped):
        return {}
    if "match" in raw:
        return {"": words(raw.get(which))}
    return {kind: words(entry.get(which)) for kind, entry in raw.items() if isinstance(entry, Mapped)}


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
    root = document.root
    check_keys(document, root, allowed=_KEYS, defects=defects)
    sources: dict[str, Source] = {}
    if family.document:
        sources |= read_sources(family.document, family.get("sources"), defects=defects)
    sources |= read_sources(document, root.get("sources"), defects=defects)
    columns, rows = _rows(csv_path, name=csv_name, defects=defects)
    index = _check_rows(columns, rows, sources, name=csv_name, header=header_name, defects=defects)
    own_vocabulary = vocabulary_for(vocabulary, columns)
    message = str(root.get("message") or "")
    check_message(message, document=document, line=root, vocabulary=own_vocabulary, defects=defects)
    digest = hashlib.sha256("\n".join("\t".join(row[:2]) for row in rows).encode()).hexdigest()[:16]
    return Table(
        name=str(root["table"]),
        kind=str(root["kind"]),
        title=str(root["title"]),
        category=Category(str(root.get("category") or family.get("category") or "other")),
        counterpart=str(root.get("counterpart") or ""),
        status=str(root.get("status") or "unknown"),
        message=message,
        confidence=Confidence(str(root.get("confidence") or "high")),
        columns=columns,
        rows=tuple(rows),
        index=index,
        judgement=_judgement(document, family, own_vocabulary, defects),
        sources=sources,
        match_examples=_examples(document, family, root.get("examples"), "match"),
        no_match_examples=_examples(document, family, root.get("examples"), "no_match"),
        language_keywords=frozenset(words(root.get("language_keywords"))),
        is_library=bool(root.get("is_library", root.get("kind") == "api")),
        builtin_variables=frozenset(words(root.get("builtin_variables"))),
        plain_names_need_context=bool(root.get("plain_names_need_context", family.get("plain_names_need_context"))),
        not_matched=frozenset(words(root.get("not_matched"))),
        file=csv_name,
        digest=digest,
    )


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
            rule_obstacle="",
            must_close=number == len(parts),
            defects=defects,
        )
    if not parts:
        defects.add(document.origin(), "no `judgement`, neither here nor in _family.yaml")
    return judged
