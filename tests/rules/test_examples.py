"""Every example that a rule brings, run: what it must match, and what it must not."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.examples import answering_rule, complaints_about, is_looked_for
from portgauge.model.finding import Site
from portgauge.model.rule import Example, Rule
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.table import Table

SitesIn = Callable[..., list[Site]]

RULEBOOK = load_rulebook(rules_folder())
PATTERN_RULES = list(RULEBOOK.patterns.values())
API_TABLES = [table for table in RULEBOOK.tables.values() if table.kind == "api"]
PTX_RULES = [
    table.rule(number) for table in RULEBOOK.tables.values() if table.kind == "ptx" for number in range(len(table.rows))
]
ONE_ROW_IN = 50


def id_of(rule: Rule | Table) -> str:
    return rule.id if isinstance(rule, Rule) else rule.name


def matched(rule_id: str, example: Example, sites_in: SitesIn) -> list[str]:
    return [site.match for site in sites_in(example.code, language=example.language) if site.rule_id == rule_id]


@pytest.mark.parametrize("rule", PATTERN_RULES, ids=id_of)
def test_a_pattern_rule_behaves_as_its_examples_say(rule: Rule, rules: CompiledRules) -> None:
    assert rule.match_examples
    assert rule.no_match_examples

    assert complaints_about(rule, answering=rule.id, rules=rules) == []


@pytest.mark.parametrize("rule", PTX_RULES, ids=id_of)
def test_an_instruction_is_answered_by_its_own_row(rule: Rule, sites_in: SitesIn) -> None:
    assert rule.match_examples
    assert rule.no_match_examples

    for example in rule.match_examples:
        answers = {site.rule_id for site in sites_in(example.code) if site.rule_id.startswith("ptx/")}
        assert answers == {rule.id}, example.code
    for example in rule.no_match_examples:
        assert matched(rule.id, example, sites_in) == [], example.code


def broken_rows(table: Table, rules: CompiledRules, chosen: Callable[[str], bool]) -> list[str]:
    """Return a line for each example of the chosen rows that does not behave as written."""
    broken = []
    for number, row in enumerate(table.rows):
        symbol = row[0]
        if symbol in table.language_keywords or not is_looked_for(table, symbol) or not chosen(symbol):
            continue
        rule = table.rule(number)
        if not rule.match_examples or not rule.no_match_examples:
            broken.append(f"{rule.origin}: {rule.id} has no example of one kind")
        broken += complaints_about(rule, answering=answering_rule(table, symbol, RULEBOOK), rules=rules)
    return broken


@pytest.mark.parametrize("table", API_TABLES, ids=id_of)
def test_one_row_in_fifty_finds_its_example(table: Table, rules: CompiledRules) -> None:
    def chosen(symbol: str) -> bool:
        return int(sha256(symbol.encode()).hexdigest(), 16) % ONE_ROW_IN == 0

    assert broken_rows(table, rules, chosen) == []


@pytest.mark.slow
@pytest.mark.parametrize("table", API_TABLES, ids=id_of)
def test_every_row_finds_its_example(table: Table, rules: CompiledRules) -> None:
    assert broken_rows(table, rules, lambda _: True) == []
