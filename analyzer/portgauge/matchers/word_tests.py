"""Patterns that single words are tested with, each word once: the files of one codebase share most of their words."""

import re
from collections.abc import Set
from functools import lru_cache

_MAX_KNOWN = 500_000


class WordTest:
    """Which words a pattern fits as a whole."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern.encode())
        self._fitting: set[bytes] = set()
        self._others: set[bytes] = set()

    def fitting(self, words: Set[bytes]) -> Set[bytes]:
        """Return those of the words that the pattern fits."""
        unknown = words - self._fitting - self._others
        if unknown:
            if len(self._others) > _MAX_KNOWN:
                self._others.clear()
            new = set(filter(self._pattern.fullmatch, unknown))
            self._fitting |= new
            self._others |= unknown - new
        return self._fitting & words

    def fits(self, word: bytes) -> bool:
        """Return whether the pattern fits a word."""
        return word in self._fitting or (word not in self._others and self._pattern.fullmatch(word) is not None)


@lru_cache(maxsize=32)
def word_test(pattern: str) -> WordTest:
    """Return the test of a pattern: one for each, so that it knows the words of all files before."""
    return WordTest(pattern)
