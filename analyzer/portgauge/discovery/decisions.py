"""What becomes of one file, by its path alone: its language, its standing, and whether it is read."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from portgauge.discovery.languages import LanguageTable
from portgauge.discovery.standing import StandingTable
from portgauge.discovery.words import DiscoveryWords
from portgauge.errors import UserError
from portgauge.model.base import value
from portgauge.model.component import Reading, Standing
from portgauge.model.location import path_of


@value
class Decision:
    """What one file is, and whether it is read."""

    language: str
    standing: Standing
    reading: Reading
    """``PARSED`` means "to be read"; else ``EXCLUDED`` or ``NOT_SUPPORTED``."""


class Decisions:
    """The word lists and the user's wishes, made ready for many paths."""

    def __init__(self, words: DiscoveryWords, *, exclude: Sequence[str], include_vendored: bool) -> None:
        """Make ready.

        Raises:
            UserError: If a pattern of ``exclude`` is not valid.
        """
        try:
            self._excluded = GitIgnoreSpec.from_lines(exclude)
        except ValueError as error:
            raise UserError(f"--exclude: not a valid pattern: {error}") from error
        self._include_vendored = include_vendored
        self.languages = LanguageTable(words.languages)
        self.standings = StandingTable(words)

    def is_source(self, path: PurePosixPath) -> bool:
        """Return whether portgauge knows a language for the file's name."""
        return self.languages.language_of(path) is not None

    def decide(self, path: str, *, shown: PurePosixPath, standing: Standing | None = None) -> Decision | None:
        """Return what becomes of a file; None when its name tells of no language.

        Args:
            path: Relative to the root, with surrogate escapes.
            shown: The same as text that can be written anywhere.
            standing: What it is when the folder that it lies in settles that.
        """
        language = self.languages.language_of(shown)
        if language is None:
            return None
        is_build_output = standing is Standing.GENERATED
        standing = standing or self.standings.standing_of(shown)
        is_left_out = standing is Standing.VENDORED and not self._include_vendored
        if is_left_out or is_build_output or self._excluded.match_file(path):
            reading = Reading.EXCLUDED
        else:
            reading = Reading.PARSED if language.is_read else Reading.NOT_SUPPORTED
        return Decision(language=language.language, standing=standing, reading=reading)


def shown_path(path: str) -> PurePosixPath:
    """Return a path as text that can be written anywhere; foreign bytes become hexadecimal escapes."""
    if not path:
        return PurePosixPath(".")
    return path_of(path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
