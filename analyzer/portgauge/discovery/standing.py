"""What a file is to the codebase, judged by its path alone."""

import re
from collections.abc import Iterable
from fnmatch import translate
from pathlib import PurePosixPath

from portgauge.discovery.words import DiscoveryWords
from portgauge.model.component import Standing


class StandingTable:
    """The word lists of every standing, made ready for many look-ups.

    Only parts below the root are compared: who scans ``~/third_party/thing`` means its code.
    """

    def __init__(self, words: DiscoveryWords) -> None:
        self._vendored_parts = tuple(f"/{part.lower()}/" for part in words.vendored_parts)
        self._generated_names = _any_of(words.generated_names)
        self._build_folders = _any_of(words.build_folders)
        self._test_parts = tuple(f"/{part.lower()}/" for part in words.test_parts)
        self._test_names = _any_of(words.test_names)

    def standing_of(self, path: PurePosixPath) -> Standing:
        """Return the standing of a file; somebody else's code stays that, also when it is a test."""
        folder = f"/{path.parent}/".lower()
        name = path.name.lower()
        if any(part in folder for part in self._vendored_parts):
            return Standing.VENDORED
        if self._generated_names.match(name):
            return Standing.GENERATED
        if any(part in folder for part in self._test_parts) or self._test_names.match(name):
            return Standing.TEST
        return Standing.OWN

    def may_be_build_output(self, folder_name: str) -> bool:
        """Return whether a folder has the name of a build folder; ``CMakeCache.txt`` in it decides."""
        return self._build_folders.match(folder_name.lower()) is not None


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(translate(pattern.lower()) for pattern in patterns)
    return re.compile(alternatives or r"(?!)")
