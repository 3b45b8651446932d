"""The reference of the rules: one page a family, and an index; made from the rules, never edited by hand.

One sentence a line, so that a change of a rule shows as a change of a few lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from portgauge.explaining.question import condition_words
from portgauge.model.rule import (
    Example,
    Judgement,
    LookFor,
    Names,
    PtxInstruction,
    Rule,
    Shape,
    TextMarker,
    TreeQuery,
)
from portgauge.rulebook.routes import Routes
from portgauge.rulebook.rulebook import Rulebook

INDEX = "REFERENCE.md"
_MADE = "<!-- Made by `portgauge rules reference` from the rules; do not edit. -->"
_MOST_NAMES = 12
_MARKUP = re.compile(r"[_*<\[]")


def reference_pages(rulebook: Rulebook, routes: Routes, *, family_titles: Mapping[str, str]) -> dict[str, str]:
    """Return the pages of the reference, by their path within the rules folder."""
    families: dict[str, list[Rule]] = {}
    for rule in sorted(rulebook.patterns.values(), key=lambda rule: rule.id):
        families.setdefault(rule.id.partition("/")[0], []).append(rule)
    pages = {
        f"reference/{family}.md": _page(_family_lines(family, rules, title=family_titles.get(family, family)))
        for family, rules in families.items()
    }
    pages[INDEX] = _page(_index_lines(families, rulebook, routes, family_titles))
    return pages


def _page(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _index_lines(
    families: Mapping[str, Sequence[Rule]], rulebook: Rulebook, routes: Routes, titles: Mapping[str, str]
) -> Iterator[str]:
    yield from ("# Reference of the rules", "", _MADE, "")
    count = sum(len(rules) for rules in families.values())
    rows = sum(len(table.rows) for table in rulebook.tables.values())
    yield f"{count} pattern rules in {len(families)} families, and {rows:,} rows in {len(rulebook.tables)} tables."
    yield "`portgauge explain NAME` says more about each rule and each row."
    yield from ("", "## Pattern rules", "")
    for family, rules in families.items():
        yield from (f"### [{titles.get(family, family)}](reference/{family}.md)", "")
        yield from ("| rule | what it finds |", "|---|---|")
        for rule in rules:
            yield f"| [`{rule.id}`](reference/{family}.md#{_anchor(rule.id)}) | {_cell(rule.title)} |"
        yield ""
    yield from ("## Tables", "", "One row is one rule: `TABLE/NAME`.", "")
    yield from ("| table | title | rows | on AMD |", "|---|---|---|---|")
    for table in rulebook.tables.values():
        path = table.file.partition("/")[2]
        yield f"| [{table.name}]({path}) | {_cell(table.title)} | {len(table.rows):,} | {_cell(table.counterpart)} |"
    yield from ("", "## Routes", "", "What other tools say about a CUDA name; a scan does not read it.", "")
    yield from ("| table | title | rows |", "|---|---|---|")
    for route_table in routes.tables.values():
        path = route_table.file.partition("/")[2]
        yield f"| [{route_table.name}]({path}) | {_cell(route_table.title)} | {len(route_table.rows):,} |"
    yield ""
    for route in routes.facts.values():
        yield f"- `{route.name}`: {route.title}"


def _family_lines(family: str, rules: Sequence[Rule], *, title: str) -> Iterator[str]:
    yield from (f"# {title}", "", _MADE, "", f"{len(rules)} rules; [all rules](../{INDEX}).", "")
    for rule in rules:
        yield from _rule_lines(rule)


def _rule_lines(rule: Rule) -> Iterator[str]:
    yield from (f"## {rule.id}", "", f"{_plain(rule.title)}.", "")
    yield f"- Looks for: {_looks_for(rule.look_for)}"
    yield f"- Says: {_plain(rule.message)}"
    yield f"- Category {rule.category}, {rule.confidence} confidence that a match is a true site."
    if rule.formerly:
        yield f"- Formerly {', '.join(rule.formerly)}."
    yield ""
    for label, text in (
        ("Why", rule.why),
        ("Instead", rule.instead),
        ("Test", rule.validate),
        ("Not found", rule.not_found),
    ):
        if text:
            yield from (f"{label}:", *map(_plain, text.splitlines()), "")
    yield from ("| when | severity | fails as | edit | effort |", "|---|---|---|---|---|")
    for line in rule.judgement:
        yield f"| {_when(line)} | {line.severity} | {line.failure_mode} | {line.automation} | {_effort(line)} |"
    yield ""
    yield from _example_lines("Finds", rule.match_examples)
    yield from _example_lines("Leaves", rule.no_match_examples)
    for source in rule.sources:
        named = f"[{source.title}]({source.url})" if source.url else source.title
        yield f"- Source: {named}{f', {source.retrieved}' if source.retrieved else ''}"
    yield ""


def _example_lines(label: str, examples: Sequence[Example]) -> Iterator[str]:
    for language in dict.fromkeys(example.language for example in examples):
        # A fence longer than any in the examples, so that none of them can end it.
        codes = [example.code.strip("\n") for example in examples if example.language == language]
        fence = "```" if not any("```" in code for code in codes) else "~~~~"
        yield from (f"{label}:", "", f"{fence}{language}", *codes, fence, "")


def _looks_for(look_for: LookFor) -> str:
    match look_for:
        case Names(identifiers=identifiers, includes=includes, namespaces=namespaces):
            parts = [("names", identifiers), ("includes", includes), ("namespaces", namespaces)]
            return "; ".join(f"{label} {_codes(found)}" for label, found in parts if found) or "names in no table"
        case PtxInstruction(heads=heads):
            return f"instructions {_codes(heads)}"
        case TextMarker(patterns=patterns):
            return f"text that matches {_codes(patterns)}"
        case TreeQuery():
            return "a tree query of its own"
        case Shape(name=name, where=where, flow=flow):
            alternatives = [
                ", ".join(f"{part} {_codes(str(found) for found in several)}" for part, several in tests.items())
                for tests in where
            ]
            tests = " or ".join(alternative for alternative in alternatives if alternative)
            flows = ", ".join(f"{part} comes from {' or '.join(seeds)}" for part, seeds in flow.items())
            return "; ".join(part for part in (f"the shape `{name}`", tests, flows) if part)


def _codes(names: Iterator[str] | Sequence[str]) -> str:
    found = [(f"`` {name} ``" if "`" in name else f"`{name}`").replace("|", "\\|") for name in names]
    more = len(found) - _MOST_NAMES
    return ", ".join(found[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _when(line: Judgement) -> str:
    return _cell(" and ".join(condition_words(condition) for condition in line.when)) or "else"


def _effort(line: Judgement) -> str:
    return f"{line.effort_class}, blocker {line.blocker}" if line.blocker else line.effort_class


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """Return text on one line in which nothing but code between back-ticks is markup."""
    parts = _line(text).split("`")
    return "`".join(part if number % 2 else _MARKUP.sub(r"\\\g<0>", part) for number, part in enumerate(parts))


def _anchor(rule_id: str) -> str:
    """Return the fragment that GitHub gives to a heading of the rule's id."""
    return rule_id.replace("/", "").casefold()
