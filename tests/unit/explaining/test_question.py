"""A rule judged without a site: what the target decides, what stays open, and how old knowledge is."""

from dataclasses import replace
from datetime import date

import pytest

from portgauge.explaining.question import Question, ages_in_months, judge_rule
from portgauge.model.rule import Condition, Rule, Severity, Source
from portgauge.rulebook.rulebook import Rulebook


def question(rulebook: Rulebook, *targets: str, rocm: str = "10.0") -> Question:
    found = tuple(rulebook.targets.find(target) for target in targets)
    return Question(targets=found, rocm_version=rocm, today=date(2026, 11, 25))


def rule_with(rulebook: Rulebook, *whens: tuple[Condition, ...]) -> Rule:
    """A rule with one line for each ``when``, and one that always holds; severities fall from line to line."""
    rule = rulebook.patterns["warp/lane-index-literal"]
    severities = tuple(Severity)
    return replace(
        rule,
        judgement=tuple(
            replace(rule.judgement[-1], when=when, severity=severities[number], message=f"line {number} on {{target}}")
            for number, when in enumerate((*whens, ()))
        ),
    )


def test_targets_that_one_line_decides_stand_together(rulebook: Rulebook) -> None:
    rule = rule_with(rulebook, (Condition(name="lanes_per_wave", operator="in", values=(64,)),))

    judged = judge_rule(rule, match="x", question=question(rulebook, "gfx90a", "gfx1100", "gfx942"))

    assert [(line.targets, line.severity.value) for line in judged] == [
        (("gfx90a", "gfx942"), "critical"),
        (("gfx1100",), "high"),
    ]
    assert [line.message for line in judged] == ["line 0 on gfx90a", "line 1 on gfx1100"]


def test_a_condition_on_the_place_stays_open_and_the_next_line_is_shown_too(rulebook: Rulebook) -> None:
    rule = rule_with(
        rulebook,
        (Condition(name="site.mask_bits", operator="in", values=(32, 64)),),
        (Condition(name="lanes_per_wave", operator="in", values=(32,)),),
    )

    judged = judge_rule(rule, match="x", question=question(rulebook, "gfx942"))

    assert [(line.when, line.severity.value) for line in judged] == [
        ("mask bits is 32 or 64", "critical"),
        ("", "medium"),
    ]


def test_what_is_known_of_the_place_closes_a_condition(rulebook: Rulebook) -> None:
    rule = rule_with(rulebook, (Condition(name="site.name", operator="in", values=("other",)),))

    judged = judge_rule(rule, match="x", question=question(rulebook, "gfx942"), facts={"name": "mine"})

    assert [(line.when, line.severity.value) for line in judged] == [("", "high")]


def test_a_line_that_cannot_hold_is_left_out(rulebook: Rulebook) -> None:
    rule = rule_with(
        rulebook,
        (
            Condition(name="site.bytes", operator=">", values=("65536",)),
            Condition(name="rocm", operator=">=", values=("11.0",)),
        ),
    )

    judged = judge_rule(rule, match="x", question=question(rulebook, "gfx942"))

    assert [line.when for line in judged] == [""]


def test_a_placeholder_that_only_a_scan_can_fill_is_an_ellipsis(rulebook: Rulebook) -> None:
    rule = replace(rule_with(rulebook), message="`{match}` has {mask_bits} bits")
    rule = replace(rule, judgement=(replace(rule.judgement[0], message=""),))

    (line,) = judge_rule(rule, match="m", question=question(rulebook, "gfx942"))

    assert line.message == "`m` has … bits"


@pytest.mark.parametrize(
    ("read", "ages"),
    [
        (["2026-11-25"], (0, 0)),
        (["2026-10-26"], (0, 0)),
        (["2026-10-25"], (1, 1)),
        (["2025-08-04", "2026-11-22", ""], (0, 15)),
        (["2027-01-01"], (0, 0)),
        ([""], None),
        ([], None),
    ],
)
def test_age_is_counted_in_whole_months(read: list[str], ages: tuple[int, int] | None) -> None:
    sources = tuple(Source(key=str(number), title="", url="", retrieved=day) for number, day in enumerate(read))

    assert ages_in_months(sources, today=date(2026, 11, 25)) == ages


def test_a_line_that_an_earlier_one_always_decides_is_left_out(rulebook: Rulebook) -> None:
    seen = Condition(name="site.seen_as", operator="in", values=("import",))
    other = Condition(name="site.fallback", operator="in", values=("yes",))
    rule = rule_with(rulebook, (seen,), (seen, other), (other,))

    judged = judge_rule(rule, match="x", question=question(rulebook, "gfx942"))

    assert [line.when for line in judged] == ["seen as import", "fallback is yes", ""]
