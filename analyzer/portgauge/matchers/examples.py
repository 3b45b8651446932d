"""The examples that rules bring, run: what each must match, and what it must not."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import own_sites
from portgauge.matchers.libraries import shown_library
from portgauge.matchers.scan import scan_file
from portgauge.model.finding import Site
from portgauge.model.rule import Example, Rule
from portgauge.rulebook.library_rows import dangling_names
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table


def sites_of(code: str, *, language: str, rules: CompiledRules) -> list[Site]:
    """Return the sites in code, as a scan counts them: without names that the code defines itself."""
    facts = scan_file(PurePosixPath("example.cu"), code.encode(), language=language, rules=rules)
    return list(own_sites([facts]))


def _complaint(rule: Rule, example: Example, *, answering: str, rules: CompiledRules, is_match: bool) -> str | None:
    texts = [
        site.match
        for site in sites_of(example.code, language=example.language, rules=rules)
        if site.rule_id == answering
    ]
    if not is_match:
        return f"{rule.origin}: {rule.id} matches its `no_match` example {example.code!r}" if texts else None
    if not texts:
        return f"{rule.origin}: {rule.id} does not match its example {example.code!r}"
    if example.text and example.text not in texts:
        return f"{rule.origin}: {rule.id} matches {texts[0]!r} in {example.code!r}; expected {example.text!r}"
    return None


def complaints_about(rule: Rule, *, answering: str, rules: CompiledRules) -> list[str]:
    """Return one line for each example of a rule that does not behave; ``answering`` is the rule that must match."""
    examples = [*((e, True) for e in rule.match_examples), *((e, False) for e in rule.no_match_examples)]
    found = (_complaint(rule, e, answering=answering, rules=rules, is_match=is_match) for e, is_match in examples)
    return [complaint for complaint in found if complaint is not None]


def answering_rule(table: Table, symbol: str, rulebook: Rulebook) -> str:
    """Return the rule that answers for a symbol: a few stand in two tables, and the first by name has them."""
    holders = [t.name for t in rulebook.tables.values() if t.kind == table.kind and symbol in t.index]
    return f"{min(holders)}/{symbol}"


def is_looked_for(table: Table, symbol: str) -> bool:
    """Return whether a row is one that a scan looks for at all."""
    return symbol not in table.not_matched


def library_complaints(table: Table, *, rulebook: Rulebook, rules: CompiledRules) -> Iterator[str]:
    """Yield one line for each example that does not show its library, in whatever way, or shows it and must not."""
    for number in range(len(table.rows)):
        rule, name = table.rule(number), table.rows[number][0]
        examples = [*((e, True) for e in rule.match_examples), *((e, False) for e in rule.no_match_examples)]
        for example, is_match in examples:
            sites = sites_of(example.code, language=example.language, rules=rules)
            shown = {shown_library(site, rulebook) for site in sites}
            if (name in shown) is not is_match:
                verb = "does not show" if is_match else "shows"
                yield f"{rule.origin}: {example.code!r} {verb} the library {name}"


def check_examples(rulebook: Rulebook) -> Iterator[str]:
    """Yield one line, ``file:line: ...``, for each example that does not behave, and each name that nobody knows."""
    yield from dangling_names(rulebook)
    rules = CompiledRules(rulebook)
    for rule in rulebook.patterns.values():
        yield from complaints_about(rule, answering=rule.id, rules=rules)
    for table in rulebook.tables.values():
        if table.kind == "library":
            yield from library_complaints(table, rulebook=rulebook, rules=rules)
            continue
        for number, row in enumerate(table.rows):
            if is_looked_for(table, row[0]) and row[0] not in table.language_keywords:
                rule = table.rule(number)
                yield from complaints_about(rule, answering=answering_rule(table, row[0], rulebook), rules=rules)
