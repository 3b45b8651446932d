"""The arithmetic on show adds up, and names what drives the range."""

from typing import Any

import pytest

from builders import (
    make_analysis,
    make_component,
    make_estimates,
    make_finding,
    make_hours,
    make_inventory,
    make_line,
    make_minutes,
    make_rule_note,
)
from portgauge.errors import UserError
from portgauge.model.analysis import Analysis
from portgauge.model.estimate import Block
from portgauge.reporting.arithmetic import walk, walks
from portgauge.reporting.arithmetic_report import arithmetic_text
from portgauge.reporting.drivers import drivers
from portgauge.reporting.not_in_number import not_in_this_number

MALLOC, FREE = "runtime/cudaMalloc", "runtime/cudaFree"


def priced(**changes: Any) -> Analysis:
    """Return an analysis with one priced line of three findings of two rules, its rework, and a build."""
    findings = tuple(make_finding(rule_id=rule, line=line) for line, rule in enumerate((MALLOC, FREE, MALLOC), start=4))
    lines = [
        make_line(
            effort_class="api-rename",
            reason="runtime API rename, 3 sites",
            units=3,
            minutes_each=make_minutes(20, 60),
            hours=make_hours(1, 3),
            fingerprints=tuple(finding.site.fingerprint for finding in findings),
        ),
        make_line(effort_class="rework", reason="rework", hours=make_hours(0.5, 1.5)),
        make_line(effort_class="kernel-validation", block=Block.VERIFY, reason="prove it", hours=make_hours(2, 9)),
        make_line(component=None, effort_class="build-system", reason="port the build", hours=make_hours(8, 24)),
    ]
    sites = tuple(finding.site for finding in findings)
    return make_analysis(
        **{
            "inventory": make_inventory(sites=sites, components=(make_component(),)),
            "findings": findings,
            "estimates": make_estimates(lines),
            "rules": (make_rule_note(MALLOC), make_rule_note(FREE)),
        }
        | changes
    )


def test_the_walk_goes_from_the_total_to_rules_places_and_sources_and_adds_up() -> None:
    found = walk(priced(), "solver")

    assert found.hours_p50 == pytest.approx(3.5)
    assert [(block.block, block.hours_p50) for block in found.blocks] == [(Block.CHANGE, 1.5), (Block.VERIFY, 2)]
    first = found.blocks[0].lines[0]
    assert [(rule.rule_id, rule.minutes_p50, len(rule.sites)) for rule in first.rules] == [
        (MALLOC, pytest.approx(40), 2),
        (FREE, pytest.approx(20), 1),
    ]
    assert sum(rule.minutes_p50 for rule in first.rules) == pytest.approx(first.line.hours.p50 * 60)
    assert [source.title for source in first.rules[0].sources] == ["HIP porting guide"]


def test_the_walks_hold_every_hour_of_the_total_once() -> None:
    analysis = priced()

    found = walks(analysis)

    assert [each.component for each in found] == [None, "solver"]
    assert sum(each.hours_p50 for each in found) == pytest.approx(11.5)


def test_the_terminal_shows_the_walk_and_obeys_nothing_in_it() -> None:
    findings = (make_finding(rule_id=MALLOC, line=4, match="\x1b[31mcudaMalloc"),)
    lines = [make_line(fingerprints=(findings[0].site.fingerprint,))]

    text = arithmetic_text(priced(findings=findings, estimates=make_estimates(lines)), "solver")

    assert "\x1b" not in text
    assert "src/solver.cu:4: ␛[31mcudaMalloc" in text
    assert "8.00 h change = 8.00 h" in text


def test_a_component_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UserError, match=r"'solvr', which is no component; there are: codebase .*, solver"):
        arithmetic_text(priced(), "solvr")


def test_what_drives_the_range_counts_rework_with_the_work_that_causes_it() -> None:
    analysis = priced()

    found = drivers(analysis.estimates[0])

    assert [driver.effort_class for driver in found] == ["build-system", "kernel-validation", "api-rename"]
    assert [driver.swing_hours for driver in found] == [16, 7, pytest.approx(2 * 1.5)]
    assert found[2].hours_p50 == pytest.approx(1.5)


def test_ten_drivers_are_the_most() -> None:
    lines = [make_line(effort_class=f"class-{number}", hours=make_hours(1, 1 + number)) for number in range(12)]

    found = drivers(make_analysis(estimates=make_estimates(lines)).estimates[0])

    assert [driver.effort_class for driver in found] == [f"class-{number}" for number in range(11, 1, -1)]


def test_what_is_not_in_the_number_says_what_of_it_was_seen() -> None:
    found = {each.cost: each.seen for each in not_in_this_number(priced())}

    assert found["AMD hardware or cloud hours"] == "one machine for each GPU asked for: gfx942"
    assert found["CI runners"] == "0 CI files found"
    assert found["licences"] == "not looked for"
    assert found["performance beyond the kernels that are named for tuning"] == "0 of 1 kernel named"
