"""``explain.yaml``: how a row of a table is put into words for somebody who asks for it by name."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portgauge.model.base import value
from portgauge.model.library_status import LIBRARY_STATUS_WORDS
from portgauge.rulebook.yamlfile import LIST, MAPPING, TEXT, WORDS, Defects, Document, Form, check_keys, words

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_PARTED = re.compile(r";(?=\S)")
_NAME = re.compile(r"[A-Za-z][\w:./+-]{2,}\w")
_NOT_PLAIN = re.compile(r"[A-Z0-9_:/-]")
_KIND_KEYS: Mapping[str, Form] = {
    "what": TEXT,
    "names": WORDS,
    "also": WORDS,
    "counterparts": WORDS,
    "lines": LIST,
    "words": MAPPING,
}
_LINE_KEYS: Mapping[str, Form] = {"label": TEXT, "parts": WORDS, "otherwise": TEXT}
_LIBRARY_STATUS = "library-status"
_NOT_SHOWN = ("source", "overrides", "example")


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return the template with its placeholders filled; empty when one of them has no value."""
    if any(not values.get(name) for name in _PLACEHOLDER.findall(template)):
        return ""
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], template)


def _listed(cell: str) -> str:
    """Return a cell with its list, parted by ";" without a blank, parted as people write it."""
    return _PARTED.sub(", ", cell)


def _names_in(row: Mapping[str, str], columns: Iterable[str]) -> tuple[str, ...]:
    found = [name.strip() for column in columns for name in row.get(column, "").split(";")]
    return tuple(dict.fromkeys(name for name in found if name))


@value
class LayoutLine:
    """One labelled sentence about a row."""

    label: str
    parts: tuple[str, ...]
    otherwise: str

    def text(self, values: Mapping[str, str]) -> str:
        """Return the sentence for a row; empty when nothing is known."""
        parts = [filled for part in self.parts if (filled := _filled(part, values))]
        return "; ".join(parts) or _filled(self.otherwise, values)


@value
class Layout:
    """How the rows of one kind of table are worded."""

    what: str
    names: tuple[str, ...]
    """The columns by which a row is asked for; empty means the first."""
    also: tuple[str, ...]
    """The columns of further names, which count only when nothing bears them in full."""
    counterparts: tuple[str, ...]
    """The columns that name what stands for it on AMD: people ask from that side too."""
    lines: tuple[LayoutLine, ...]
    """Empty means: every column that has a value, as it stands."""
    words: Mapping[str, Mapping[str, str]]

    def names_of(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names by which a row is asked for, the row's own first."""
        return _names_in(row, self.names or (next(iter(row)),))

    def further_names_of(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names that count only when nothing bears them in full."""
        return _names_in(row, self.also)

    def counterparts_of(self, row: Mapping[str, str]) -> set[str]:
        """Return the words by which a row's counterpart is known: what is no word of plain English."""
        cells = (row.get(column, "") for column in self.counterparts)
        return {word for cell in cells for word in _NAME.findall(cell) if _NOT_PLAIN.search(word)}

    def _values(self, row: Mapping[str, str], table: str, counterpart: str) -> dict[str, str]:
        worded = {column: self.words.get(column, {}).get(cell, _listed(cell)) for column, cell in row.items()}
        return {"table": table, "counterpart": counterpart, **worded}

    def what_it_is(self, row: Mapping[str, str], *, table: str) -> str:
        """Return what a row is, in a few words."""
        return _filled(self.what, self._values(row, table, "")) or table

    def sentences(self, row: Mapping[str, str], *, table: str, counterpart: str) -> tuple[tuple[str, str], ...]:
        """Return label and sentence of everything that is said about a row."""
        values = self._values(row, table, counterpart)
        if not self.lines:
            return tuple(
                (column.replace("_", " ").capitalize(), values[column])
                for column, cell in row.items()
                if cell and column not in _NOT_SHOWN
            )
        return tuple((line.label, text) for line in self.lines if (text := line.text(values)))


PLAIN = Layout(what="", names=(), also=(), counterparts=(), lines=(), words={})
"""For a kind of table that ``explain.yaml`` does not name."""


def read_layouts(document: Document, defects: Defects) -> dict[str, Layout]:
    """Return the layouts by kind of table; what is wrong goes to ``defects``."""
    check_keys(document, document.root, allowed={"kinds": MAPPING}, defects=defects)
    layouts = {}
    for kind, raw in document.root["kinds"].items():
        check_keys(document, raw, allowed=_KIND_KEYS, defects=defects)
        layouts[kind] = Layout(
            what=str(raw.get("what") or ""),
            names=words(raw.get("names")),
            also=words(raw.get("also")),
            counterparts=words(raw.get("counterparts")),
            lines=tuple(_line(document, line, defects) for line in raw.get("lines") or ()),
            words={column: _texts(texts) for column, texts in (raw.get("words") or {}).items()},
        )
    return layouts


def _texts(raw: Any) -> Mapping[str, str]:
    """Return what stands for each cell; a vocabulary that reports use too is named instead of written down."""
    if raw == _LIBRARY_STATUS:
        return LIBRARY_STATUS_WORDS
    return {str(cell): str(text) for cell, text in raw.items()}


def _line(document: Document, raw: Any, defects: Defects) -> LayoutLine:
    check_keys(document, raw, allowed=_LINE_KEYS, defects=defects)
    return LayoutLine(label=str(raw["label"]), parts=words(raw["parts"]), otherwise=str(raw.get("otherwise") or ""))
