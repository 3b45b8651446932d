"""Files outside the C family, matched statement by statement."""

from pathlib import PurePosixPath

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.libraries import library_matches
from portgauge.matchers.packages import package_matches
from portgauge.matchers.signals import signal_matches
from portgauge.matchers.text_match import TextMatch
from portgauge.model.base import value
from portgauge.parsing.statements import read_statements


@value
class StatementMatches:
    """What the statements of one file say."""

    matches: tuple[TextMatch, ...]
    problems: tuple[str, ...]
    """What of the file could not be read, one sentence each."""
    cuda: tuple[tuple[int, bytes], ...]
    """CUDA code inside the file: its byte offset, and its text."""


def statement_matches(path: PurePosixPath, data: bytes, *, language: str, rules: CompiledRules) -> StatementMatches:
    """Return the matches in one file, and what of it could not be read."""
    read = read_statements(language, data, path)
    matches: list[TextMatch] = []
    for statement in read.statements:
        matches += library_matches(rules.libraries, statement, data)
    matches += signal_matches(rules.signals, read.statements, data)
    matches += package_matches(rules.packages, read, data)
    return StatementMatches(matches=tuple(matches), problems=read.problems, cuda=read.cuda)
