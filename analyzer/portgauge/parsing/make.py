"""Makefiles: which programs and libraries are made, from which sources.

Follows variables, ``wildcard``, ``patsubst`` and suffix replacement in one file, and runs nothing. Every branch of a
conditional counts. What cannot be followed is named, never guessed.
"""

import posixpath
import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.globs import matching_paths

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+|override\s+)?([A-Za-z_][\w.-]*)\s*(\+=|:::?=|:=|\?=|=)\s*(.*)$")
_RULE = re.compile(r"^([^\s:#=][^:#=]*?)\s*::?(?!=)\s*([^;|]*)")
_REFERENCE = re.compile(r"\$[({]([^(){}$]*)[)}]")
_OBJECT = re.compile(r"\.(o|obj|lo|cu\.o)$")
_SOURCE_SUFFIXES = frozenset({".c", ".cc", ".cpp", ".cxx", ".cu", ".hip"})
_LIBRARIES = (".a", ".so", ".dylib")
_IGNORED = frozenset({".PHONY", ".SUFFIXES", ".SECONDARY", ".PRECIOUS", ".DEFAULT_GOAL", ".DELETE_ON_ERROR"})
_MAX_ROUNDS = 40
_MAX_LENGTH = 100_000


@value
class MakeTarget:
    """One program or library that a Makefile makes out of sources."""

    name: str
    path: PurePosixPath
    """The Makefile."""
    line: int
    is_library: bool
    sources: tuple[PurePosixPath, ...]
    links: tuple[str, ...]
    """``library:NAME`` for each ``-lNAME``, and the files that other rules make."""


def read_makefile(
    text: bytes, path: PurePosixPath, *, known_paths: Collection[PurePosixPath]
) -> tuple[MakeTarget, ...]:
    """Return what a Makefile makes out of sources of the codebase; sorted by name, without what has no source."""
    reader = _Makefile(path, known_paths)
    for number, line in _logical_lines(text.decode("utf-8", "replace")):
        reader.read(number, line)
    return reader.targets()


def _logical_lines(text: str) -> Iterable[tuple[int, str]]:
    """Yield the lines with continued ones joined and comments cut off, each with its 1-based number."""
    joined, start = "", 0
    for number, raw in enumerate(text.split("\n"), start=1):
        start = start or number
        if raw.endswith("\\"):
            joined = (joined + raw[:-1] + " ")[:_MAX_LENGTH]
            continue
        line = (joined + raw)[:_MAX_LENGTH]
        yield start, line if line.startswith("\t") else line.partition("#")[0]
        joined, start = "", 0


class _Makefile:
    def __init__(self, path: PurePosixPath, known_paths: Collection[PurePosixPath]) -> None:
        self._path = path
        self._known = frozenset(known_paths)
        below = [known for known in self._known if known.is_relative_to(path.parent)]
        self._by_stem: dict[str, list[PurePosixPath]] = {}
        for known in sorted(below):
            if known.suffix.lower() in _SOURCE_SUFFIXES:
                self._by_stem.setdefault(known.stem, []).append(known)
        self._variables: dict[str, str] = {}
        self._filled: dict[str, str] = {}
        self._open: set[str] = set()
        self._rules: dict[str, tuple[int, list[str]]] = {}
        self._current: list[str] = []

    def read(self, number: int, line: str) -> None:
        """Take one logical line in."""
        if line.startswith("\t"):
            for name in self._current:
                self._rules[name][1].append(line)
            return
        if assigned := _ASSIGNMENT.match(line):
            self._assign(*assigned.groups())
        elif rule := _RULE.match(line):
            self._current = []
            for name in self._expanded(rule[1]).split():
                if "%" not in name and name not in _IGNORED:
                    self._rules.setdefault(name, (number, []))[1].append(rule[2])
                    self._current.append(name)
        elif line.strip():
            self._current = []

    def _assign(self, name: str, operator: str, text: str) -> None:
        old = self._variables.get(name, "")
        # Every branch counts, so that a variable set twice holds both.
        kept = "" if operator in (":=", "=") and not old else old
        self._variables[name] = f"{kept} {text}".strip()[:_MAX_LENGTH]

    def targets(self) -> tuple[MakeTarget, ...]:
        """Return every rule that leads to sources, through objects and names that only stand for others."""
        self._filled.clear()
        found = []
        for name, (line, texts) in sorted(self._rules.items()):
            words = [word for text in texts for word in self._expanded(text).split()]
            if _OBJECT.search(name):
                continue
            sources = {source for word in words for source in self._sources_of(word)}
            if not sources:
                continue
            made = [word for word in words if word in self._rules and not _OBJECT.search(word) and word != name]
            linked = [f"library:{word[2:]}" for word in words if word.startswith("-l") and len(word) > 2]
            found.append(
                MakeTarget(
                    name=PurePosixPath(name).name,
                    path=self._path,
                    line=line,
                    is_library=name.endswith(_LIBRARIES),
                    sources=tuple(sorted(sources)),
                    links=tuple(dict.fromkeys((*(PurePosixPath(each).name for each in made), *linked))),
                )
            )
        return tuple(found)

    def _sources_of(self, word: str) -> Iterable[PurePosixPath]:
        path = PurePosixPath(_OBJECT.sub("", word) if _OBJECT.search(word) else word)
        if not _OBJECT.search(word):
            whole = PurePosixPath(posixpath.normpath(self._path.parent / word))
            return [whole] if whole in self._known and whole.suffix.lower() in _SOURCE_SUFFIXES else []
        # "x.cu.o" and "x.o" both come of x.cu; of several files of one stem all are compiled by some rule.
        return self._by_stem.get(path.stem if path.suffix in _SOURCE_SUFFIXES else path.name, ())

    def _expanded(self, text: str) -> str:
        for _ in range(_MAX_ROUNDS):
            filled = _REFERENCE.sub(lambda found: self._value(found[1]), text)[:_MAX_LENGTH]
            if filled == text:
                break
            text = filled
        return text

    def _value(self, inner: str) -> str:
        function, _, rest = inner.partition(" ")
        arguments = [part.strip() for part in rest.split(",")]
        match function:
            case "wildcard":
                patterns = (pattern for part in arguments for pattern in part.split())
                found = (path for p in patterns for path in matching_paths(str(self._path.parent / p), self._known))
                return " ".join(posixpath.relpath(path, self._path.parent) for path in found)
            case "patsubst" if len(arguments) == 3:
                return _substituted(arguments[0], arguments[1], arguments[2])
            case "addprefix" if len(arguments) == 2:
                return " ".join(f"{arguments[0]}{word}" for word in arguments[1].split())
            case "notdir":
                return " ".join(PurePosixPath(word).name for word in rest.split())
            case "basename":
                return " ".join(str(PurePosixPath(word).with_suffix("")) for word in rest.split())
            case "sort" | "strip":
                return rest
        name, colon, change = inner.partition(":")
        old, equals, new = change.partition("=")
        if colon and equals:
            pattern, by = (old, new) if "%" in old else (f"%{old}", f"%{new}")
            return _substituted(pattern, by, self._variable(name))
        return self._variable(inner)

    def _variable(self, name: str) -> str:
        """Return what a variable stands for in full; one that asks for itself, or lies too deep, stands for nothing."""
        if name not in self._filled:
            if name in self._open or len(self._open) >= _MAX_ROUNDS:
                return ""
            self._open.add(name)
            self._filled[name] = self._expanded(self._variables.get(name, ""))
            self._open.remove(name)
        return self._filled[name]


def _substituted(pattern: str, by: str, text: str) -> str:
    before, _, after = pattern.partition("%")

    def changed(word: str) -> str:
        if len(word) < len(before) + len(after) or not (word.startswith(before) and word.endswith(after)):
            return word
        return by.replace("%", word[len(before) : len(word) - len(after)], 1)

    return " ".join(map(changed, text.split()))
