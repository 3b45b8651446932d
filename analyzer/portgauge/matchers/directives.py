"""Preprocessor lines as shapes: conditions that name a macro, and macros that are another name for something."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from portgauge.matchers.guards import Directive, GuardTable
from portgauge.matchers.shapes import ShapeMatch
from portgauge.model.location import Define, Guard
from portgauge.parsing.conditions import truth
from portgauge.parsing.lexer import without_comments
from portgauge.rulebook.vendors import VendorWords

_WORD = re.compile(r"[A-Za-z_]\w*")
_MAX_DEFINES = 2_000
_MAX_CHAIN = 3
"""How many macros may stand between a vendor's macro and one that follows from it."""


def condition_matches(guards: GuardTable, data: bytes, vendors: VendorWords) -> Iterator[ShapeMatch]:
    """Yield a match for each name in each condition of the file."""
    for directive in guards.directives:
        written = data[directive.start : directive.end]
        start = directive.start + len(written) - len(written.lstrip())
        end = directive.start + len(without_comments(written).rstrip())
        names = dict.fromkeys(_WORD.findall(directive.condition))
        taken = _taken_for_amd(directive, data, vendors)
        names_amd = "yes" if any(vendors.vendor_of(name) == "amd" for name in names) else "no"
        for name in names:
            parts: dict[str, str | int] = {
                "name": name,
                "names_amd": names_amd,
                "amd_takes": taken,
                "compared": "yes" if re.search(rf"\b{name}\s*[<>=!]", directive.condition) else "no",
            }
            if vendor := vendors.vendor_of(name):
                parts["vendor"] = vendor
            yield ShapeMatch(shape="preprocessor-condition", start=start, end=max(start, end), parts=parts)


def _taken_for_amd(directive: Directive, data: bytes, vendors: VendorWords) -> str:
    """Return what a build for AMD takes of a condition: ``this``, ``other`` code, ``nothing``, or ``unknown``.

    Another branch counts as code when it holds more than blanks, comments and directives.
    """

    def look_up(name: str) -> tuple[bool | None, int | None]:
        match vendors.vendor_of(name):
            case "nvidia":
                return False, 0
            case "amd":
                return True, None if vendors.number_macros.fullmatch(name) else 1
        return None, None

    guard = directive.guard
    if guard is None or not guard.condition:
        return "unknown"
    if any(truth(text, look_up) is not False for text in guard.tried):
        return "unknown"
    is_true = truth(guard.condition, look_up)
    if is_true is None:
        return "unknown"
    if is_true:
        return "this"
    other = directive.other
    while other is not None and other.kind == "elif":
        is_true = truth(other.guard.condition, look_up) if other.guard is not None else None
        if is_true is None:
            return "unknown"
        if is_true:
            break
        other = other.other
    if other is None or other.kind == "endif":
        return "nothing"
    end = other.other.start if other.other is not None else len(data)
    lines = without_comments(data[other.end : end]).split(b"\n")
    is_code = any(line.strip() and not line.lstrip().startswith(b"#") for line in lines)
    return "other" if is_code else "nothing"


def alias_matches(guards: GuardTable, data: bytes, vendors: VendorWords) -> Iterator[ShapeMatch]:
    """Yield a match for each ``#define NAME OTHER`` whose other name is one of AMD's."""
    for define in guards.defines:
        if define.name == define.meaning or not vendors.amd_identifiers.fullmatch(define.meaning):
            continue
        written = data[define.start : define.end]
        start = define.start + len(written) - len(written.lstrip())
        yield ShapeMatch(
            shape="macro-alias",
            start=start,
            end=define.start + len(without_comments(written).rstrip()),
            parts={"name": define.name, "meaning": define.meaning, "vendor": "amd"},
        )


def defines_of(guards: GuardTable) -> tuple[Define, ...]:
    """Return each macro that a file defines, once for each set of conditions around it.

    After the first ``_MAX_DEFINES`` conditions are left out, which makes a macro count as defined for everybody.
    """
    found = dict.fromkeys(
        Define(name=define.name, guards=define.guards if place < _MAX_DEFINES else ())
        for place, define in enumerate(guards.defines)
    )
    return tuple(found)


def vendor_defines(defines: Sequence[Define], vendors: VendorWords) -> tuple[Define, ...]:
    """Return every definition of the macros that may follow from a vendor's macro, in the order given.

    A macro follows when one of its definitions stands in a condition that names a vendor's macro, or one that follows.
    Its other definitions, in whatever file, belong to the answer: they may take it away from the vendor again.
    """
    words = {guards: _words_of(guards) for guards in {define.guards for define in defines}}
    vendor_words = {word for found in words.values() for word in found if vendors.vendor_of(word)}
    following: set[str] = set()
    for _ in range(_MAX_CHAIN):
        known = vendor_words | following
        more = {define.name for define in defines if not known.isdisjoint(words[define.guards])}
        if more <= following:
            break
        following |= more
    return tuple(define for define in defines if define.name in following)


def _words_of(guards: tuple[Guard, ...]) -> frozenset[str]:
    return frozenset(word for guard in guards for text in (guard.text, *guard.tried) for word in _WORD.findall(text))


def takes_other_branch(guards: tuple[Guard, ...], followed: AbstractSet[int], vendors: VendorWords) -> bool:
    """Return whether code inside these conditions is left out of a build for AMD, and other code taken instead.

    Only macros that stay undefined there are known; whatever else a condition asks is unknown.
    """

    def look_up(name: str) -> tuple[bool | None, int | None]:
        return (False, 0) if vendors.undefined_macros.fullmatch(name) else (None, None)

    for guard in guards:
        before = [truth(text, look_up) for text in guard.tried]
        if True in before:
            return True
        if guard.condition and truth(guard.condition, look_up) is False and guard.line in followed:
            return True
    return False
