"""The shipped tables: every row is written so that code can hold it."""

import re

from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table

HEADER = re.compile(r"[\w./+-]+")
NAME = re.compile(r"(\w+::)*~?[A-Za-z_]\w*")


def rows_that_are_no(pattern: "re.Pattern[str]", table: Table, *, includes: bool) -> list[str]:
    kind = table.columns.index("kind")
    return [
        f"{table.file}:{line}: {row[0]}"
        for row, line in zip(table.rows, table.lines, strict=True)
        if (row[kind] == "include") is includes
        and not pattern.fullmatch(row[0])
        and row[0] not in (table.language_keywords | table.not_matched)
    ]


def test_a_header_is_the_name_of_a_file_and_a_symbol_is_a_name(rulebook: Rulebook) -> None:
    for table in rulebook.tables.values():
        if table.kind == "api":
            assert rows_that_are_no(HEADER, table, includes=True) == []
            assert rows_that_are_no(NAME, table, includes=False) == []


def test_words_that_the_grammar_takes_for_itself_are_keywords(rulebook: Rulebook) -> None:
    table = rulebook.tables["device"]

    assert {"__global__", "__restrict__", "__shared__", "<<<>>>"} <= table.language_keywords <= set(table.index)
