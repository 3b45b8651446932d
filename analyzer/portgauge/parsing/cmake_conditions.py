"""CMake conditions: which words must be set for one to hold, whatever else is set.

A word that stands in one side of an ``OR`` need not be set; one that stands under ``NOT`` must not. What compares
texts, versions or files asks for nothing here.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from portgauge.model.base import value

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+')
_NAME = re.compile(r"[A-Za-z_]\w*")
_OF_FILES_AND_TARGETS = frozenset(
    ("EXISTS", "DEFINED", "TARGET", "COMMAND", "POLICY", "TEST", "IS_DIRECTORY", "IS_SYMLINK", "IS_ABSOLUTE")
)
_COMPARISONS = frozenset(
    (
        *("EQUAL", "LESS", "GREATER", "LESS_EQUAL", "GREATER_EQUAL", "MATCHES", "IN_LIST", "IS_NEWER_THAN"),
        *("PATH_EQUAL", "STREQUAL", "STRLESS", "STRGREATER", "STRLESS_EQUAL", "STRGREATER_EQUAL"),
        *(f"VERSION_{how}" for how in ("EQUAL", "LESS", "GREATER", "LESS_EQUAL", "GREATER_EQUAL")),
    )
)
_YES = frozenset(("1", "ON", "YES", "TRUE", "Y"))
_CONSTANTS = _YES | {"0", "OFF", "NO", "FALSE", "N", "IGNORE", "NOTFOUND", ""}
_MAX_DEPTH = 60


@value
class _Asked:
    """What must be set for a part of a condition to be true, and for it to be false."""

    if_true: frozenset[str] = frozenset()
    if_false: frozenset[str] = frozenset()


class _UnreadableError(Exception):
    """The text is no condition that this grammar knows."""


@lru_cache(maxsize=4096)
def words_asked_for(condition: str) -> frozenset[str]:
    """Return the names that must be set for a condition to hold; nothing for one that cannot be read."""
    reader = _Reader(_TOKEN.findall(condition))
    try:
        asked = reader.alternatives(0)
    except _UnreadableError:
        return frozenset()
    return asked.if_true if reader.is_finished else frozenset()


def all_asked_for(conditions: Iterable[str]) -> frozenset[str]:
    """Return the names that must be set for all of several conditions to hold."""
    return frozenset[str]().union(*map(words_asked_for, conditions))


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def is_finished(self) -> bool:
        return self._place == len(self._tokens)

    def _peek(self) -> str:
        return "" if self.is_finished else self._tokens[self._place]

    def _take(self) -> str:
        if self.is_finished:
            raise _UnreadableError
        self._place += 1
        return self._tokens[self._place - 1]

    def alternatives(self, depth: int) -> _Asked:
        found = self._parts(depth)
        while self._peek() == "OR":
            self._take()
            other = self._parts(depth)
            found = _Asked(if_true=found.if_true & other.if_true, if_false=found.if_false | other.if_false)
        return found

    def _parts(self, depth: int) -> _Asked:
        found = self._part(depth)
        while self._peek() == "AND":
            self._take()
            other = self._part(depth)
            found = _Asked(if_true=found.if_true | other.if_true, if_false=found.if_false & other.if_false)
        return found

    def _part(self, depth: int) -> _Asked:
        if depth > _MAX_DEPTH:
            raise _UnreadableError
        word = self._take()
        if word == "NOT":
            denied = self._part(depth + 1)
            return _Asked(if_true=denied.if_false, if_false=denied.if_true)
        if word == "(":
            inside = self.alternatives(depth + 1)
            if self._take() != ")":
                raise _UnreadableError
            return inside
        if word == ")":
            raise _UnreadableError
        if word in _OF_FILES_AND_TARGETS:
            self._take()
            return _Asked()
        if self._peek() in _COMPARISONS:
            self._take()
            return _set(word) if self._take().strip('"').upper() in _YES else _Asked()
        return _set(word)


def _set(word: str) -> _Asked:
    name = word.strip('"').removeprefix("${").removesuffix("}")
    if name.upper() in _CONSTANTS or not _NAME.fullmatch(name):
        return _Asked()
    return _Asked(if_true=frozenset((name,)))
