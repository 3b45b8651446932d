"""Which words of a file count, and whether they are reason enough to parse it: most files of a codebase are not CUDA's.

What is decided here is only what a parse could never change. A member of a namespace counts where the namespace is
named too: ``copy`` without ``thrust`` is no CUDA. Assembly counts when it is PTX, and a macro that may mark functions
of the device where something follows that it could mark.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Protocol

from portgauge.matchers.word_tests import WordTest
from portgauge.parsing.asm_text import ASM_WORDS

_BLANK = b" \t\r\n"
_NONE = frozenset[bytes]()


class HasScope(Protocol):
    """A rule that a name may belong to."""

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """What must be named before the name."""

    @property
    def is_distinct(self) -> bool:
        """Whether the name alone shows that a file is about CUDA."""


class CountingWords:
    """The words of a rulebook, sorted by what each of them says about a file."""

    def __init__(
        self,
        names: Mapping[bytes, Sequence[HasScope]],
        *,
        alone: Set[bytes],
        quiet: Set[bytes],
        unlisted: WordTest | None,
        device_macros: WordTest,
    ) -> None:
        """Sort the words.

        Args:
            names: The names that rules are about.
            alone: Words at which something else than a name starts; any of them makes a file worth parsing.
            quiet: Words that count, and say nothing by themselves.
            unlisted: Fits names that are in no table and look like CUDA's.
            device_macros: Fits macros that mark functions of the device by how they are called.
        """
        self._unlisted = unlisted
        self._device_macros = device_macros
        self._roots: dict[bytes, frozenset[bytes]] = {}
        """Names of CUDA's namespaces, each with the first parts of its full names."""
        distinct: set[bytes] = set()
        always: set[bytes] = set()
        for name, entries in names.items():
            for entry in entries:
                if not entry.is_distinct:
                    always.add(name)
                elif entry.qualifiers:
                    self._roots[name] = self._roots.get(name, _NONE) | {entry.qualifiers[0].encode()}
                else:
                    distinct.add(name)
        self._triggers = frozenset((distinct | alone) - ASM_WORDS)
        self._always = frozenset(always | distinct | alone | quiet | ASM_WORDS)
        self.all = frozenset(names) | self._always

    def of(self, words: Set[bytes]) -> Set[bytes]:
        """Return those of a file's words that a rule may be about."""
        listed = self.all & words
        unlisted = self._unlisted.fitting(words - listed) if self._unlisted is not None else _NONE
        return (listed & self._always) | self._members(listed, words) | unlisted

    def need_parse(self, words: Set[bytes], data: bytes, *, holds_ptx: Callable[[], bool]) -> bool:
        """Return whether the words of a file are reason enough to parse it; ``holds_ptx`` reads its assembly."""
        if not self._triggers.isdisjoint(words):
            return True
        listed = self.all & words
        others = words - listed
        if self._members(listed, words) or (self._unlisted is not None and self._unlisted.fitting(others)):
            return True
        if any(_stands_before_a_word(mark, data) for mark in self._device_macros.fitting(others)):
            return True
        return not ASM_WORDS.isdisjoint(words) and holds_ptx()

    def _members(self, listed: Set[bytes], words: Set[bytes]) -> Set[bytes]:
        return {word for word in self._roots.keys() & listed if not self._roots[word].isdisjoint(words)}


def _stands_before_a_word(word: bytes, data: bytes) -> bool:
    """Return whether a word stands anywhere in front of another, with nothing but blanks between them."""
    start = data.find(word)
    while start >= 0:
        end = start + len(word)
        behind = data[end : end + 1]
        if behind and behind in _BLANK:
            while (behind := data[end : end + 1]) and behind in _BLANK:
                end += 1
            if behind.isalpha() or behind == b"_":
                return True
        start = data.find(word, end)
    return False
