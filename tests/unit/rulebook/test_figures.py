"""Published figures: one that was measured with other rules says so."""

from rules_copy import RulesCopy

from portgauge.model.estimate import RULES_CHANGED
from portgauge.rulebook.digest import rules_digest

FIGURE = 'figures:\n  - {{corpus: c, measure: m, figure: "1", n: 1, measured: "2026-01-01", rules: "{digest}"}}\n'


def measured_digest(rules_copy: RulesCopy) -> str:
    return rules_digest(rules_copy.folder, leave_out=frozenset({"accuracy.yaml"}))


def test_the_figures_themselves_are_no_part_of_what_was_measured(rules_copy: RulesCopy) -> None:
    before = measured_digest(rules_copy)
    rules_copy.write("accuracy.yaml", FIGURE.format(digest="0"))

    assert measured_digest(rules_copy) == before


def test_a_figure_says_when_the_rules_changed_since_it_was_measured(rules_copy: RulesCopy) -> None:
    rules_copy.write("accuracy.yaml", FIGURE.format(digest=measured_digest(rules_copy)))
    fresh = rules_copy.load().accuracy
    rules_copy.write("defaults.yaml", (rules_copy.folder / "defaults.yaml").read_bytes() + b"\n# More.\n")
    old = rules_copy.load().accuracy

    assert [figure.note for figure in (*fresh, *old)] == ["", RULES_CHANGED]
