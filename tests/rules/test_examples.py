"""Every example that a rule brings, run: what it must match, and what it must not."""

import re
from collections.abc import Callable
from hashlib import sha256

import pytest

from portgauge.model.finding import Site
from portgauge.model.rule import Example, Rule
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Table

SitesIn = Callable[..., list[Site]]

RULEBOOK = load_rulebook(rules_folder())
PATTERN_RULES = list(RULEBOOK.patterns.values())
API_TABLES = [table for table in RULEBOOK.tables.values() if table.kind == "api"]
PTX_RULES = [
    table.rule(number) for table in RULEBOOK.tables.values() if table.kind == "ptx" for number in range(len(table.rows))
]
ONE_ROW_IN = 50

# Rows that their own example does not reach, each for a reason that is to be mended.
NOT_REACHED = {
    "complex": ("make_cu.*", "host calls of names without a CUDA prefix are not looked at"),
    "cufft": ("fftwf?_.*", "host calls of names without a CUDA prefix are not looked at"),
    "nccl": ("pnccl.*", "host calls of names without a CUDA prefix are not looked at"),
    "driver": ("getLocalRuntimeVersion", "host calls of names without a CUDA prefix are not looked at"),
    "nvrtc": (r"nvrtc\.h", "jit/nvrtc takes the include away from its table"),
    "other": ('include "cuda.h', "no header has such a name"),
    "device": ("__restrict__", "the grammar has no name node for this keyword, and it is not among the keywords"),
}


def id_of(rule: Rule | Table) -> str:
    return rule.id if isinstance(rule, Rule) else rule.name


def matched(rule_id: str, example: Example, sites_in: SitesIn) -> list[str]:
    return [site.match for site in sites_in(example.code, language=example.language) if site.rule_id == rule_id]


@pytest.mark.parametrize("rule", PATTERN_RULES, ids=id_of)
def test_a_pattern_rule_finds_its_examples(rule: Rule, sites_in: SitesIn) -> None:
    for example in rule.match_examples:
        texts = matched(rule.id, example, sites_in)

        assert texts, f"{rule.id} does not match {example.code!r}"
        assert not example.text or example.text in texts, example.code


@pytest.mark.parametrize("rule", PATTERN_RULES, ids=id_of)
def test_a_pattern_rule_leaves_its_counter_examples_alone(rule: Rule, sites_in: SitesIn) -> None:
    for example in rule.no_match_examples:
        assert matched(rule.id, example, sites_in) == [], example.code


@pytest.mark.parametrize("rule", PTX_RULES, ids=id_of)
def test_an_instruction_is_answered_by_its_own_row(rule: Rule, sites_in: SitesIn) -> None:
    assert rule.match_examples
    assert rule.no_match_examples

    for example in rule.match_examples:
        answers = {site.rule_id for site in sites_in(example.code) if site.rule_id.startswith("ptx/")}
        assert answers == {rule.id}, example.code
    for example in rule.no_match_examples:
        assert matched(rule.id, example, sites_in) == [], example.code


def answering_rule(table: Table, symbol: str) -> str:
    """Return the rule that answers for a symbol: two libraries share a few names, the first table has them."""
    first = next(candidate for candidate in API_TABLES if symbol in candidate.index)
    return f"{min(first.name, table.name)}/{symbol}"


def broken_rows(table: Table, sites_in: SitesIn, chosen: Callable[[str], bool]) -> list[str]:
    """Return a line for each example of the chosen rows that does not behave as written."""
    broken = []
    for number, row in enumerate(table.rows):
        symbol = row[0]
        if symbol in table.language_keywords or not chosen(symbol):
            continue
        rule = table.rule(number)
        answering = answering_rule(table, symbol)
        if not rule.match_examples or not rule.no_match_examples:
            broken.append(f"{rule.origin}: {rule.id} has no example of one kind")
        for example in rule.match_examples:
            if not matched(answering, example, sites_in):
                broken.append(f"{rule.origin}: {rule.id} does not match {example.code!r}")
        for example in rule.no_match_examples:
            if matched(answering, example, sites_in):
                broken.append(f"{rule.origin}: {rule.id} matches {example.code!r}")
    return broken


def is_reached(table: Table, symbol: str) -> bool:
    pattern = NOT_REACHED.get(table.name)
    return pattern is None or re.fullmatch(pattern[0], symbol) is None


@pytest.mark.parametrize("table", API_TABLES, ids=id_of)
def test_one_row_in_fifty_finds_its_example(table: Table, sites_in: SitesIn) -> None:
    def chosen(symbol: str) -> bool:
        drawn = int(sha256(symbol.encode()).hexdigest(), 16) % ONE_ROW_IN == 0
        return drawn and is_reached(table, symbol)

    assert broken_rows(table, sites_in, chosen) == []


@pytest.mark.slow
@pytest.mark.parametrize("table", API_TABLES, ids=id_of)
def test_every_row_finds_its_example(table: Table, sites_in: SitesIn) -> None:
    assert broken_rows(table, sites_in, lambda symbol: is_reached(table, symbol)) == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=reason))
        for name, (_, reason) in NOT_REACHED.items()
    ],
)
def test_rows_that_nothing_reaches_yet(name: str, sites_in: SitesIn) -> None:
    table = RULEBOOK.tables[name]

    assert broken_rows(table, sites_in, lambda symbol: not is_reached(table, symbol)) == []
