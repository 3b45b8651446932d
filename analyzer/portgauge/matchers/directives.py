"""Preprocessor lines as shapes: conditions that name a macro, and macros that are another name for something."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from portgauge.matchers.guards import Directive, GuardTable
from portgauge.matchers.shapes import ShapeMatch
from portgauge.model.location import Define, Guard
from portgauge.parsing.conditions import truth
from portgauge.parsing.lexer import without_comments
from portgauge.rulebook.vendors import VendorWords

_COMPARED = re.compile(r"\b([A-Za-z_]\w*)\s*([<>=!]=?)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_INCLUDE = re.compile(rb"#\s*include\b")
_MAX_DEFINES = 2_000
_MAX_CHAIN = 3
"""How many macros may stand between a vendor's macro and one that follows from it."""


def condition_matches(
    guards: GuardTable, data: bytes, vendors: VendorWords, *, is_asked_for: Callable[[str], bool]
) -> Iterator[ShapeMatch]:
    """Yield a match for each name in each condition of the file that a rule may ask for, by itself or its vendor."""
    for directive in guards.directives:
        names = dict.fromkeys(name for name in _WORD.findall(directive.condition) if is_asked_for(name))
        if not names:
            continue
        written = data[directive.start : directive.end]
        start = directive.start + len(written) - len(written.lstrip())
        end = directive.start + len(without_comments(written).rstrip())
        compared = _comparisons(directive.condition)
        taken = _taken_for_amd(directive, data, vendors)
        holds = "includes" if _is_all_includes(directive, data) else "more"
        names_amd = "yes" if any(vendors.vendor_of(name) == "amd" for name in names) else "no"
        for name in names:
            parts: dict[str, str | int] = {
                "name": name,
                "names_amd": names_amd,
                "amd_takes": taken,
                "compared": compared.get(name, "no"),
                "holds": holds,
            }
            if vendor := vendors.vendor_of(name):
                parts["vendor"] = vendor
            yield ShapeMatch(shape="preprocessor-condition", start=start, end=max(start, end), parts=parts)


def _comparisons(condition: str) -> dict[str, str]:
    """Return how names are compared: ``below`` a number and in no other way, or ``yes`` in another way."""
    signs: dict[str, set[str]] = defaultdict(set)
    for name, sign in _COMPARED.findall(condition):
        signs[name].add(sign.rstrip("="))
    return {name: "below" if found == {"<"} else "yes" for name, found in signs.items()}


def _lines_of_branch(directive: Directive, data: bytes) -> list[bytes]:
    """Return the lines between a directive and the next of its chain that hold more than blanks and comments.

    What a branch without end holds is not known.
    """
    if directive.other is None:
        return []
    lines = without_comments(data[directive.end : directive.other.start]).split(b"\n")
    # The last line is the beginning of the directive that ends the branch.
    return [line.strip() for line in lines[:-1] if line.strip()]


def _is_all_includes(directive: Directive, data: bytes) -> bool:
    """Return whether a branch and those after it in its chain hold includes and nothing else."""
    lines: list[bytes] = []
    branch: Directive | None = directive
    while branch is not None and branch.kind != "endif":
        lines += _lines_of_branch(branch, data)
        branch = branch.other
    return bool(lines) and all(_INCLUDE.match(line) for line in lines)


def _taken_for_amd(directive: Directive, data: bytes, vendors: VendorWords) -> str:
    """Return what a build for AMD takes of a condition.

    ``this`` branch, an ``earlier`` one, ``other`` code, ``nothing``, or ``unknown``. Another branch counts as code when
    it holds more than blanks, comments and directives. Whether device code is compiled is not known.
    """

    def look_up(name: str) -> tuple[bool | None, int | None]:
        vendor = vendors.vendor_of(name)
        if vendor == "amd" and not vendors.depends_on_pass(name):
            return True, None if vendors.number_macros.fullmatch(name) else 1
        return (False, 0) if vendor == "nvidia" else (None, None)

    guard = directive.guard
    if guard is None or not guard.condition:
        return "unknown"
    before = [truth(text, look_up) for text in guard.tried]
    if True in before:
        return "earlier"
    if None in before:
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
    return "other" if any(not line.startswith(b"#") for line in _lines_of_branch(other, data)) else "nothing"


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
