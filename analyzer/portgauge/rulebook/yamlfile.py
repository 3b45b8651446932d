"""YAML files read with the line of every key, and the complaints about them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from portgauge.model.rule import Origin


class Mapped(dict[str, Any]):
    """A YAML mapping that remembers the line on which it and each of its keys stands."""

    line: int
    lines: dict[str, int]

    def __missing__(self, key: str) -> Any:
        raise MissingKeyError(self.line, key)


class MissingKeyError(LookupError):
    """A rule file's mapping lacks a key that it must have."""

    def __init__(self, line: int, key: str) -> None:
        super().__init__(f"the key `{key}` is missing")
        self.line = line


Form = tuple[type, ...] | frozenset[str]
"""The Python types that the value of a key may have, or the words that it may be."""
TEXT: tuple[type, ...] = (str, int, float, bool, date)
LIST = (list,)
LIST_OR_NOTHING = (list, type(None))
MAPPING = (Mapped,)
YES_NO = (bool,)
DATE = (date,)
WORDS: tuple[type, ...] = (*TEXT, *LIST)
LINES: tuple[type, ...] = (*MAPPING, *LIST)
_FORM_NAMES: Mapping[Form, str] = {
    TEXT: "a text or number",
    LIST: "a list",
    LIST_OR_NOTHING: "a list, or nothing",
    MAPPING: "a mapping of keys to values",
    YES_NO: "true or false",
    DATE: "a date such as 2026-01-31",
    WORDS: "a word or a list of words",
    LINES: "a mapping, or a list of them",
}


class Defects:
    """Complaints about rule files, collected so that all are reported at once, each of them once."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    @property
    def found(self) -> list[str]:
        """The complaints in the order in which they were made."""
        return list(self._found)

    def add(self, origin: Origin | str, sentence: str) -> None:
        """Note one defect: where, what was found, what was expected."""
        self._found[f"{origin}: {sentence}"] = None

    def are_in(self, file: str) -> bool:
        """Return whether a file has any."""
        return any(complaint.startswith(f"{file}:") for complaint in self._found)


class Document:
    """One rule file: its name for messages, and its content."""

    def __init__(self, name: str, root: Mapped) -> None:
        self.name = name
        self.root = root

    def origin(self, mapping: Mapping[str, Any] | None = None, key: str | None = None) -> Origin:
        """Return where a mapping, or one of its keys, stands."""
        here = mapping if isinstance(mapping, Mapped) else self.root
        line = here.lines.get(key, here.line) if key else here.line
        return Origin(file=self.name, line=line)


def read_document(path: Path, *, name: str, defects: Defects) -> Document | None:
    """Return the file's content; None, with a defect noted, when it is no YAML mapping."""
    # Imported here: YAML takes as long to import as a kept rulebook to find, and then nobody needs it.
    from portgauge.rulebook.yamltree import NotYamlError, compose

    try:
        root = compose(path.read_text(encoding="utf-8"))
    except NotYamlError as error:
        defects.add(f"{name}:{error.line}", str(error))
        return None
    except (OSError, UnicodeDecodeError) as error:
        defects.add(f"{name}:1", f"cannot be read: {error}")
        return None
    if not isinstance(root, Mapped):
        defects.add(f"{name}:1", "expected a mapping of keys to values")
        return None
    return Document(name, root)


@contextmanager
def complaining(document: Document, defects: Defects) -> Iterator[None]:
    """Turn what goes wrong while a rule file is read into a defect of that file."""
    try:
        yield
    except MissingKeyError as error:
        defects.add(Origin(file=document.name, line=error.line), str(error))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, re.error) as error:
        # A form that was already complained about may still trip the reader; one complaint is enough.
        if not defects.are_in(document.name):
            defects.add(document.origin(), f"has another form than expected: {error}")


def check_keys(
    document: Document,
    mapping: Any,
    *,
    allowed: Iterable[str] | Mapping[str, Form],
    defects: Defects,
) -> None:
    """Note a defect for each key that nobody reads, and for each value of another form than expected."""
    if not isinstance(mapping, Mapped):
        defects.add(document.origin(), f"found {mapping!r}; expected a mapping with {', '.join(sorted(allowed))}")
        return
    known = sorted(allowed)
    for key, found in mapping.items():
        if key not in known:
            defects.add(document.origin(mapping, key), f"unknown key {key!r}; expected one of {', '.join(known)}")
        elif isinstance(allowed, Mapping) and not _has_form(found, allowed[key]):
            shown = "empty" if found is None else repr(found)
            defects.add(document.origin(mapping, key), f"{key} is {shown}; expected {_form_name(allowed[key])}")


def _has_form(found: Any, form: Form) -> bool:
    if isinstance(form, frozenset):
        return isinstance(found, str) and found in form
    if form == WORDS and isinstance(found, list):
        return all(isinstance(part, TEXT) and str(part).strip() for part in found)
    return isinstance(found, form)


def _form_name(form: Form) -> str:
    return "one of " + ", ".join(sorted(form)) if isinstance(form, frozenset) else _FORM_NAMES[form]


def pattern(
    document: Document, mapping: Mapping[str, Any], key: str, *, defects: Defects, text: str = ""
) -> "re.Pattern[str]":
    """Return the regular expression under a key; one that does not compile is a defect, and matches nothing.

    ``text`` is one of several that stand under the key. Where nothing stands, nothing matches.
    """
    text = text or str(mapping.get(key) or "(?!)")
    try:
        return re.compile(text)
    except re.error as error:
        defects.add(
            document.origin(mapping, key), f"{key} is {text!r}, a regular expression that does not compile: {error}"
        )
        return re.compile("(?!)")


def words(value: Any) -> tuple[str, ...]:
    """Return a YAML scalar or list of scalars as strings; None gives none."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    return (str(value),)


def paragraph(value: Any) -> str:
    """Return a YAML block text without its trailing newline."""
    return str(value).strip() if value is not None else ""
