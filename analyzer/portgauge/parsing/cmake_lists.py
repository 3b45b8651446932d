"""The CMake commands that compute variables: set, list, string, file and their relatives."""

import posixpath
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.cmake_variables import SOURCE_ROOT, Scope, is_followed
from portgauge.parsing.globs import matching_paths

_CASES: dict[str, Callable[[str], str]] = {"TOLOWER": str.lower, "TOUPPER": str.upper, "STRIP": str.strip}
_COMPONENTS: dict[str, Callable[[str], str]] = {
    "DIRECTORY": posixpath.dirname,
    "PATH": posixpath.dirname,
    "NAME": posixpath.basename,
    "NAME_WE": lambda text: posixpath.basename(text).split(".")[0],
    "NAME_WLE": lambda text: posixpath.splitext(posixpath.basename(text))[0],
}


@value
class Surroundings:
    """Where a command runs."""

    scope: Scope
    parent_scope: Scope
    folder: str
    """``CMAKE_CURRENT_SOURCE_DIR``, below ``SOURCE_ROOT``."""
    known_paths: Sequence[PurePosixPath]


def run_set(arguments: Sequence[str], around: Surroundings) -> None:
    """Run ``set(NAME value...)``; a cache entry counts as its default."""
    if not arguments:
        return
    words = list(arguments[1:])
    parent = None
    if "CACHE" in words:
        words = words[: words.index("CACHE")]
    if words and words[-1] == "PARENT_SCOPE":
        words.pop()
        parent = around.parent_scope
    texts = _variants(words, around.scope) if words else ("",)
    for name in around.scope.expand(arguments[0]):
        around.scope.set(name, *texts, parent=parent)


def run_list(arguments: Sequence[str], around: Surroundings) -> None:
    """Run the operations of ``list()`` that source lists are made with; others are passed over."""
    if len(arguments) < 2:
        return
    operation, scope = arguments[0].upper(), around.scope
    rest = scope.elements(arguments[2:])
    for name in scope.expand(arguments[1]):
        match operation:
            case "APPEND" | "PREPEND" | "INSERT":
                added = rest[1:] if operation == "INSERT" else rest
                scope.append(name, ";".join(added))
            # Under a condition the element may still be there, and every branch counts.
            case "REMOVE_ITEM" if not scope.conditions:
                scope.change(name, lambda text: _without(text, rest.__contains__))
            case "FILTER" if len(rest) == 3 and (is_out := _filter(rest[0], rest[2])):
                if not scope.conditions:
                    scope.change(name, partial(_without, is_removed=is_out))
            case "TRANSFORM" if len(rest) >= 2 and rest[0] in ("PREPEND", "APPEND"):
                scope.change(name, partial(_transformed, mode=rest[0], added=rest[1]))


def run_string(arguments: Sequence[str], around: Surroundings) -> None:
    """Run the operations of ``string()`` that names and paths are made with; others lose the variable."""
    if len(arguments) < 3:
        return
    operation, scope = arguments[0].upper(), around.scope
    if operation in ("APPEND", "CONCAT"):
        text = "".join(scope.expand("".join(arguments[2:]))[:1])
        if operation == "CONCAT":
            scope.set(arguments[1], text)
        else:
            scope.append(arguments[1], text, separator="")
    elif operation in _CASES:
        texts = [_CASES[operation](text) for text in scope.expand(arguments[1])]
        scope.set(arguments[2], *texts)
    elif operation == "REPLACE" and len(arguments) >= 5:
        searched, new = arguments[1], arguments[2]
        texts = [text.replace(searched, new) for text in scope.expand(";".join(arguments[4:]))]
        scope.set(arguments[3], *texts)
    elif operation == "REGEX" and arguments[1] == "REPLACE" and len(arguments) >= 6:
        scope.unset(arguments[4])


def run_file(arguments: Sequence[str], around: Surroundings) -> None:
    """Run ``file(GLOB ...)`` against the known paths, and ``file(RELATIVE_PATH ...)``."""
    if len(arguments) == 4 and arguments[0] == "RELATIVE_PATH":
        start, end = (around.scope.expand(word)[0] for word in arguments[2:])
        if start.startswith("/") and end.startswith("/"):
            around.scope.set(arguments[1], posixpath.relpath(end, start))
        return
    if len(arguments) < 3 or arguments[0] not in ("GLOB", "GLOB_RECURSE"):
        return
    patterns = list(arguments[2:])
    if patterns[0] == "LIST_DIRECTORIES":
        del patterns[:2]
    relative_to = None
    if "RELATIVE" in patterns:
        place = patterns.index("RELATIVE")
        relative_to = "".join(around.scope.expand("".join(patterns[place + 1 : place + 2]))[:1])
        del patterns[place : place + 2]
    found: dict[str, None] = {}
    for pattern in around.scope.elements(patterns):
        if pattern == "CONFIGURE_DEPENDS":
            continue
        if not is_followed(pattern):
            found[pattern] = None
            continue
        whole = posixpath.normpath(posixpath.join(around.folder, pattern))
        if not whole.startswith(f"{SOURCE_ROOT}/"):
            continue
        is_recursive = arguments[0] == "GLOB_RECURSE"
        for path in matching_paths(whole[len(SOURCE_ROOT) + 1 :], around.known_paths, is_recursive=is_recursive):
            text = f"{SOURCE_ROOT}/{path}"
            found[posixpath.relpath(text, relative_to) if relative_to else text] = None
    around.scope.set(arguments[1], ";".join(found))


def run_get_filename_component(arguments: Sequence[str], around: Surroundings) -> None:
    """Run ``get_filename_component(NAME path WHAT)``."""
    if len(arguments) < 3:
        return
    name, what = arguments[0], arguments[2].upper()
    texts = around.scope.expand(arguments[1])
    if what in _COMPONENTS:
        texts = tuple(_COMPONENTS[what](text) for text in texts)
    elif what in ("ABSOLUTE", "REALPATH"):
        texts = tuple(posixpath.normpath(posixpath.join(around.folder, text)) for text in texts)
    else:
        around.scope.unset(name)
        return
    around.scope.set(name, *texts)


def run_parse_arguments(arguments: Sequence[str], around: Surroundings) -> None:
    """Run ``cmake_parse_arguments(prefix options one-value multi-value argument...)``."""
    words = list(arguments)
    if words and words[0] == "PARSE_ARGV":
        words = [words[2], *words[3:6], "${ARGN}"] if len(words) >= 6 else []
    if len(words) < 4:
        return
    scope = around.scope
    prefix = words[0]
    options, single, multiple = (set(scope.elements((text,))) for text in words[1:4])
    found: dict[str, list[str]] = {}
    current = "UNPARSED_ARGUMENTS"
    for element in scope.elements(words[4:]):
        if element in options:
            found[element] = ["TRUE"]
            current = "UNPARSED_ARGUMENTS"
        elif element in single or element in multiple:
            current = element
            found.setdefault(current, [])
        else:
            found.setdefault(current, []).append(element)
            if current in single:
                current = "UNPARSED_ARGUMENTS"
    for keyword in (*options, *single, *multiple, "UNPARSED_ARGUMENTS"):
        scope.set_keyword(f"{prefix}_{keyword}", ";".join(found.get(keyword, ())))


def _variants(words: Sequence[str], scope: Scope) -> tuple[str, ...]:
    """Return the values of a list of words: the combinations when short, else the union as one value."""
    texts = scope.expand(";".join(words))
    return texts if len(texts) < 16 else (";".join(scope.elements(words)),)


def _without(text: str, is_removed: Callable[[str], bool]) -> str:
    return ";".join(element for element in text.split(";") if not is_removed(element))


def _filter(mode: str, expression: str) -> Callable[[str], bool] | None:
    try:
        compiled = re.compile(expression)
    except re.error:
        return None
    if mode == "EXCLUDE":
        return lambda element: compiled.search(element) is not None
    return lambda element: compiled.search(element) is None


def _transformed(text: str, mode: str, added: str) -> str:
    elements = [element for element in text.split(";") if element]
    return ";".join(f"{added}{element}" if mode == "PREPEND" else f"{element}{added}" for element in elements)
