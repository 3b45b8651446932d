"""The page: one file, whole without JavaScript, small enough with ten thousand findings."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePosixPath

from reading import html_source, html_text
from report_example import make_example

from builders import (
    make_analysis,
    make_component,
    make_estimates,
    make_file,
    make_finding,
    make_inventory,
    make_kernel,
    make_line,
    make_site,
)
from portgauge.model.acceptance import Acceptance, GateResult, SinceBaseline
from portgauge.model.analysis import Analysis
from portgauge.model.component import Standing
from portgauge.model.estimate import Block
from portgauge.model.rule import Automation, Severity
from portgauge.model.snapshot import CurvePoint, Mark
from portgauge.reporting.html_report import SECTIONS
from portgauge.reporting.withholding import without_snippets


def recorded() -> Analysis:
    """The example as a scan that was recorded after another."""
    analysis = make_example()
    earlier = CurvePoint(
        at=analysis.analysed_at - timedelta(days=90),
        label="<b>v1",
        hours_p50=40.0,
        blocks_p50=tuple(zip(Block, (30.0, 10.0, 0.0, 0.0), strict=True)),
        covered_share=0.1,
        portability=20,
        marks=(),
    )
    now = replace(earlier, at=analysis.analysed_at, label="", hours_p50=30.0, marks=(Mark.KNOWLEDGE,))
    return replace(analysis, history=(earlier, now))


def many(count: int) -> Analysis:
    sites = [
        make_site(
            f"warp/rule-{number % 40}",
            path=f"src/some/folder/with_a_name/file_{number % 300}.cu",
            line=number + 1,
            match="__shfl_down_sync(0xffffffff, value, offset)",
        )
        for number in range(count)
    ]
    findings = tuple(
        make_finding(site=site, target=target, severity=Severity.HIGH, automation=Automation.ASSISTED)
        for target in ("gfx942", "gfx1100")
        for site in sites
    )
    return make_analysis(
        targets=make_example().targets,
        findings=findings,
        estimates=make_estimates([make_line()], targets=("gfx942", "gfx1100")),
    )


def test_ten_thousand_findings_stay_under_eight_megabytes() -> None:
    source = html_source(many(10_000))

    assert len(source.encode()) < 8_000_000
    assert "Above 2,000 sites" in source


def test_what_does_not_fit_is_said_and_never_dropped_in_silence() -> None:
    source = html_source(many(30_000))

    assert len(source.encode()) < 8_000_000
    listed = len(re.findall(r'<tr id="f-', source))
    assert f"{30_000 - listed:,} sites are left out" in source


def test_two_thousand_findings_keep_their_source_lines() -> None:
    assert html_source(many(2_000)).count("<mark>") == 2_000


def test_the_policy_names_exactly_the_style_and_script_of_the_page() -> None:
    source = html_source(make_example())

    for tag in ("style", "script"):
        inline = re.search(rf"<{tag}>(.*?)</{tag}>", source, flags=re.DOTALL)
        assert inline
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in source
    assert "default-src 'none'" in source


def test_every_section_of_the_navigation_exists_once() -> None:
    source = html_source(recorded())

    for anchor, _ in SECTIONS:
        assert source.count(f'id="{anchor}"') == 1
    assert [a for a in re.findall(r'href="#([^"]+)"', source) if f'id="{a}"' not in source] == []


def test_ids_are_unique() -> None:
    ids = re.findall(r' id="([^"]+)"', html_source(make_example()))

    assert len(ids) == len(set(ids))


def test_every_finding_has_a_link_of_its_own_and_renames_are_folded() -> None:
    analysis = make_example()
    source = html_source(analysis)

    for finding in analysis.findings:
        folded = finding.automation is Automation.AUTOMATIC
        assert (f'id="f-{finding.site.fingerprint}"' in source) is not folded
    assert "26 sites of 4 names" in html_text(analysis)


def test_each_component_with_work_says_what_it_holds_and_which_tests_reach_it() -> None:
    analysis = make_analysis(
        inventory=make_inventory(
            files=(make_file("src/solver.cu"), make_file("tests/run.cpp", standing=Standing.TEST, language="c++")),
            components=(
                make_component("solver"),
                make_component("check", files=(PurePosixPath("tests/run.cpp"),), depends_on=("solver",), wave=2),
            ),
            kernels=(make_kernel("relax"),),
        ),
        estimates=make_estimates([make_line(component="solver")], components=["solver"]),
    )

    said = html_text(analysis)

    assert "Languagescuda" in said
    assert "Kernelsrelax (src/solver.cu:10)" in said
    assert "Tests that reach itcheck" in said


def test_without_snippets_no_source_line_is_in_the_page() -> None:
    source = html_source(without_snippets(make_example()))

    assert "the lane decides which value is read" not in source
    assert "Source lines were left out as asked." in source


def test_without_a_baseline_one_sentence_says_how_to_get_one() -> None:
    text = html_text(make_example())

    assert text.count("This scan was held against no baseline.") == 1


def test_a_recorded_history_is_drawn_with_its_changes_of_rules_and_only_then() -> None:
    source = html_source(recorded())

    history = source[source.index('<section id="history">') :]
    assert '<a href="#history">History</a>' in source
    assert history.count('<svg viewBox="0 0 960') == 2
    assert "rules changed" in history
    assert "&lt;b&gt;v1" in history
    assert "this scan is the last: 40 h at first, 30 h now" in html_text(recorded())
    assert '#history"' not in html_source(make_example())


def test_what_changed_since_the_baseline_and_the_gates_stand_near_the_end() -> None:
    since = SinceBaseline(
        target="gfx942", accepted=45, new=4, gone=1, not_comparable=0,
        hours_before=31.8, hours_now=33.2, is_other_rulebook=False,
    )  # fmt: skip
    held = Acceptance(
        since=since, gates=(GateResult(gate="new:1", is_met=True), GateResult(gate="grade:D", is_met=False))
    )

    text = html_text(replace(make_example(), acceptance=held))

    change = text[text.index("Change since the baseline") :]
    assert "Of 45 accepted findings, 1 is gone. 4 findings that need somebody on gfx942 are new." in change
    assert "Hours, P50: 31.8 h in the baseline, 33.2 h now (+1.4 h)." in change
    assert "held against no baseline" not in text
