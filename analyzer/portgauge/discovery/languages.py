"""The language of a file, by its name alone."""

import re
from collections.abc import Iterable
from fnmatch import translate
from pathlib import PurePosixPath

from portgauge.discovery.words import LanguagePatterns

_WILDCARDS = re.compile(r"[*?\[]")


class LanguageTable:
    """The patterns of every language, made ready for many look-ups."""

    def __init__(self, languages: Iterable[LanguagePatterns]) -> None:
        self._by_name: dict[str, LanguagePatterns] = {}
        self._by_pattern: list[tuple[str, bool, re.Pattern[str], LanguagePatterns]] = []
        for language in languages:
            for pattern in map(str.lower, language.patterns):
                if "/" not in pattern and not _WILDCARDS.search(pattern):
                    self._by_name.setdefault(pattern, language)
                    continue
                has_folder = "/" in pattern
                compiled = re.compile(translate(f"*/{pattern}" if has_folder else pattern))
                self._by_pattern.append((pattern, has_folder, compiled, language))
        # A longer pattern says more: "*.cu.in" must win over "*.in", ".circleci/config.yml" over "*.yml".
        self._by_pattern.sort(key=lambda line: (-len(line[0]), line[0]))

    def language_of(self, path: PurePosixPath) -> LanguagePatterns | None:
        """Return the language of a file; None when no pattern knows its name."""
        name = path.name.lower()
        if name in self._by_name:
            return self._by_name[name]
        whole = f"/{path}".lower()
        for _, has_folder, compiled, language in self._by_pattern:
            if compiled.match(whole if has_folder else name):
                return language
        return None
