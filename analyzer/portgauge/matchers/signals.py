"""Build signals: what a statement of a build file, script or container says about CUDA."""

import re
from collections.abc import Iterable, Iterator, Mapping

from portgauge.errors import RuleError
from portgauge.matchers.text_match import TextMatch
from portgauge.model.base import value
from portgauge.model.rule import Confidence
from portgauge.parsing.statements import Statement
from portgauge.rulebook.table import Table


@value
class Signal:
    """One row of a build table, ready to search with."""

    rule_id: str
    words: tuple[bytes, ...]
    """Of these at least one is in every match: the cheap first test."""
    pattern: "re.Pattern[bytes]"
    is_priced: bool
    """False for what only shows something; then one place in a file is enough."""


def signals_by_format(tables: Iterable[Table]) -> Mapping[str, tuple[Signal, ...]]:
    """Return the rows of the build tables by the format in which they are looked for.

    Raises:
        RuleError: If a pattern does not compile.
    """
    found: dict[str, list[Signal]] = {}
    for table in tables:
        if table.kind != "build":
            continue
        for number, line in enumerate(table.lines):
            row = table.row(number)
            try:
                pattern = re.compile(row["pattern"].encode(), re.MULTILINE)
            except re.error as error:
                raise RuleError([f"{table.file}:{line}: the pattern does not compile: {error}"]) from error
            words = tuple(word.encode() for word in row["words"].split(";"))
            signal = Signal(
                rule_id=f"{table.name}/{row[table.key_column]}",
                words=words,
                pattern=pattern,
                is_priced=row["price"] != "none",
            )
            for name in row["formats"].split(";"):
                found.setdefault(name, []).append(signal)
    return {name: tuple(signals) for name, signals in found.items()}


def signal_matches(
    signals: Mapping[str, tuple[Signal, ...]], statements: Iterable[Statement], data: bytes
) -> Iterator[TextMatch]:
    """Yield the rows that the statements of one file fit: each once a line, or once a file when it costs nothing."""
    seen: set[tuple[str, int]] = set()
    for statement in statements:
        confidence = Confidence.HIGH if statement.is_parsed else Confidence.LOW
        text = statement.text
        for signal in signals.get(statement.kind, ()):
            if not any(word in text for word in signal.words):
                continue
            facts = (("format", statement.kind), ("seen_as", "build" if signal.is_priced else "code"))
            for found in signal.pattern.finditer(text):
                start, end = statement.place_of(found.start(), found.end(), data)
                line = data.rfind(b"\n", 0, start) if signal.is_priced else 0
                if (signal.rule_id, line) in seen:
                    continue
                seen.add((signal.rule_id, line))
                yield TextMatch(rule_id=signal.rule_id, start=start, end=end, confidence=confidence, facts=facts)
