"""A team's own rules beside the shipped ones: found, judged, and never in the place of another rule."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portgauge.cli.main import group
from portgauge.errors import RuleError
from portgauge.resources import rules_folder
from portgauge.rulebook.digest import rules_digest
from portgauge.rulebook.loader import load_rulebook

FAMILY = """
title: Rules of our team
category: other
sources:
  us: {title: "Our own porting notes", url: "", retrieved: 2026-11-01}
"""
RULE = """
title: Our allocator
message: "`{match}` is our allocator, which asks the CUDA driver."
confidence: high
judgement:
  - {severity: medium, failure_mode: compile-error, automation: manual, effort: api-rewrite}
names:
  identifiers: [our_allocate]
sources: [us]
examples:
  match: ["void f() { our_allocate(1); }"]
  no_match: ["// our_allocate(1)"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    family = tmp_path / "our-rules" / "patterns" / "ours"
    family.mkdir(parents=True)
    (family / "_family.yaml").write_text(FAMILY)
    (family / "allocator.yaml").write_text(RULE)
    return tmp_path / "our-rules"


def complaints(own: Path) -> tuple[str, ...]:
    with pytest.raises(RuleError) as refused:
        load_rulebook(rules_folder(), own=own)
    return refused.value.defects


def test_own_rules_stand_beside_the_shipped_ones(own: Path) -> None:
    rulebook = load_rulebook(rules_folder(), own=own)

    assert rulebook.patterns["ours/allocator"].title == "Our allocator"
    assert "warp/lane-index-literal" in rulebook.patterns
    assert rulebook.digest != rules_digest(rules_folder())


def test_an_id_that_is_taken_is_refused_with_both_places(own: Path) -> None:
    family = own / "patterns" / "warp"
    family.mkdir()
    (family / "_family.yaml").write_text(FAMILY)
    (family / "lane-index-literal.yaml").write_text(RULE)

    (complaint,) = complaints(own)

    assert complaint.startswith("our-rules/patterns/warp/lane-index-literal.yaml:")
    assert "is there already (rules/patterns/warp/lane-index-literal.yaml:" in complaint


def test_a_family_of_ours_may_get_another_rule(own: Path) -> None:
    family = own / "patterns" / "warp"
    family.mkdir()
    (family / "_family.yaml").write_text(FAMILY)
    (family / "our-own.yaml").write_text(RULE)

    assert "warp/our-own" in load_rulebook(rules_folder(), own=own).patterns


def test_a_file_that_is_not_read_is_named(own: Path) -> None:
    (own / "effort.yaml").write_text("")

    assert complaints(own) == ("our-rules/effort.yaml:1: is not read; own rules stand in patterns/",)


def test_a_folder_without_patterns_is_refused(tmp_path: Path) -> None:
    (complaint,) = complaints(tmp_path)

    assert "expected a folder `patterns`" in complaint


def test_a_defect_in_an_own_rule_is_named_with_its_line(own: Path) -> None:
    path = own / "patterns" / "ours" / "allocator.yaml"
    path.write_text(RULE.replace("effort: api-rewrite", "effort: nothing"))

    assert complaints(own) == (
        "our-rules/patterns/ours/allocator.yaml:6: effort class 'nothing' is not defined in effort.yaml",
    )


def test_a_scan_finds_what_own_rules_look_for(own: Path, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "a.cu").write_text("__global__ void k() {}\nvoid f() { our_allocate(1); k<<<1, 1>>>(); }\n")
    report = tmp_path / "a.json"

    result = CliRunner().invoke(
        group,
        ["scan", str(code), "-q", "-j", "1", "-o", str(report), "--rules", str(own)],
        standalone_mode=False,
        catch_exceptions=False,
    )

    assert result.return_value == 0
    findings = json.loads(report.read_text())["findings"]
    assert [(found["rule"], found["line"]) for found in findings if found["rule"].startswith("ours/")] == [
        ("ours/allocator", 2)
    ]


def test_own_rules_are_checked_with_their_examples(own: Path) -> None:
    path = own / "patterns" / "ours" / "allocator.yaml"
    path.write_text(RULE.replace('["// our_allocate(1)"]', '["void f() { our_allocate(2); }"]'))

    result = CliRunner().invoke(
        group, ["rules", "check", "--own", str(own)], standalone_mode=False, catch_exceptions=False
    )

    assert result.return_value == 2
    assert "our-rules/patterns/ours/allocator.yaml" in result.stderr
