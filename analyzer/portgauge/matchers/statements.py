"""Files outside the C family, matched statement by statement."""

from pathlib import PurePosixPath

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.libraries import library_matches
from portgauge.matchers.signals import signal_matches
from portgauge.matchers.text_match import TextMatch
from portgauge.parsing.statements import read_statements


def statement_matches(
    path: PurePosixPath, data: bytes, *, language: str, rules: CompiledRules
) -> tuple[list[TextMatch], tuple[str, ...]]:
    """Return the matches in one file, and what of it could not be read."""
    read = read_statements(language, data, path)
    matches: list[TextMatch] = []
    for statement in read.statements:
        matches += library_matches(rules.libraries, statement, data)
    matches += signal_matches(rules.signals, read.statements, data)
    return matches, read.problems
