"""Every number that two reports show is the same number."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import html_source, html_text, pdf_text, squeezed, terminal_text, workbook_rows
from report_example import make_example

from builders import (
    make_analysis,
    make_blocker,
    make_component,
    make_estimates,
    make_file,
    make_finding,
    make_hours,
    make_inventory,
    make_kernel,
    make_library_judgement,
    make_line,
    make_settings,
    make_site,
    make_verdict,
)
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.estimate import Block
from portgauge.model.rule import Severity
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.rounding import ceiling_words, counted
from portgauge.reporting.summary import Summary, summarise


def document(analysis: Analysis) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FORMATS["json"].render(analysis, RenderOptions()))
    return loaded


def shared_words(summary: Summary) -> list[str]:
    """What terminal, page and PDF all say."""
    head = summary.headline
    words = [
        summary.sentence,
        head.effort.words,
        head.effort.amount,
        head.effort.ceiling,
        head.effort.weeks_amount,
        summary.reason,
        summary.uncertainty,
        summary.rests_on,
        summary.move_today.words,
        summary.already.words,
        summary.coverage.words,
        head.verdict_words,
        counted(summary.kernels, "kernel"),
        counted(summary.sites, "site"),
        counted(summary.coverage.cuda_files, "CUDA file"),
        counted(summary.coverage.cuda_lines, "code line"),
    ]
    words += [f"{each.block.value} {each.words}" for each in head.blocks]
    for each in summary.targets:
        words += [each.effort.hours_words, each.effort.hours_ceiling]
    return words


def assert_json_agrees(analysis: Analysis, summary: Summary) -> None:
    found = document(analysis)
    mode = summary.mode.value
    for each in summary.targets:
        estimate = found["estimate"][each.target.id][mode]
        assert estimate["person_days"] == pytest.approx(
            {"p50": each.effort.days_p50, "p90": each.effort.days_p90}, abs=1e-6
        )
        assert estimate["words"] == each.effort.words
        for block in each.blocks:
            assert estimate["blocks"][block.block.value]["p50"] == pytest.approx(block.hours.p50, abs=1e-6)
        counts = found["summary"]["targets"][each.target.id]["severities"]
        assert counts == {severity.value: count for severity, count in each.severities}
    verdict = found["verdicts"][0]
    assert (verdict["grade"], verdict["verdict"]) == (
        summary.headline.grade,
        summary.headline.verdict.word.value,
    )
    assert found["codebase"]["kernels"] == summary.kernels
    assert len(found["findings"]) == summary.sites
    assert found["summary"]["sentence"] == summary.sentence
    assert found["summary"]["reason"] == summary.reason
    assert found["summary"]["steps"] == [[part.name for part in step.components] for step in summary.steps]
    for made, part in zip(found["components"], summary.components, strict=True):
        assert (made["name"], made["grade"], made["kernels"]) == (part.name, part.grade, part.kernels)
        hours = made["hours"][summary.headline.target.id][mode]
        assert hours["p50"] == pytest.approx(part.hours.p50, abs=1e-6)
    assert found["coverage"]["read_bytes_share"] == pytest.approx(summary.coverage.read_share, abs=1e-6)


def assert_texts_agree(analysis: Analysis, *texts: str) -> None:
    summary = summarise(analysis)
    for text in texts:
        seen = squeezed(text)
        missing = [words for words in shared_words(summary) if squeezed(words) not in seen]
        assert missing == []


def test_a_near_twin_is_said_to_differ_in_every_report() -> None:
    analysis = replace(
        make_example(),
        libraries=(make_library_judgement("cudnn", title="cuDNN", status="near-twin", hip_counterpart="MIOpen"),),
    )
    words = squeezed("interface differs: code must be rewritten where it does")
    [sheet_row] = [row for row in workbook_rows(analysis, "Libraries") if row[0] == "cuDNN"]

    assert squeezed(str(sheet_row[2])) == words
    for text in (html_text(analysis), pdf_text(analysis, pdf_annex="none")):
        assert words in squeezed(text)


def test_terminal_page_json_and_pdf_agree_on_the_example() -> None:
    analysis = make_example()

    assert_json_agrees(analysis, summarise(analysis))
    assert_texts_agree(analysis, terminal_text(analysis), html_text(analysis), pdf_text(analysis))


def test_every_row_of_the_table_of_components_is_the_same_in_every_report() -> None:
    analysis = make_example()
    summary = summarise(analysis)
    texts = [squeezed(text) for text in (html_text(analysis), pdf_text(analysis), terminal_text(analysis))]

    for part in summary.worked[:5]:
        if part.component is not None:
            row = squeezed(part.name + part.words + ceiling_words(part.hours.p90) + part.grade)
            assert [row in text for text in texts] == [True] * 3, row


def test_libraries_have_the_same_hours_in_every_report() -> None:
    example = make_example()
    (head, *_), target = example.estimates, example.targets[0].id
    line = make_line(
        component=None, effort_class="library-cublas", hours=make_hours(4, 16), reason="library cuBLAS, once"
    )
    analysis = replace(
        example,
        estimates=tuple(
            replace(
                estimate,
                lines=(*estimate.lines, line),
                total=make_hours(estimate.total.p50 + 4, estimate.total.p90 + 16),
            )
            if (estimate.component, estimate.target) == (None, target)
            else estimate
            for estimate in example.estimates
        ),
    )

    (cublas, *others) = summarise(analysis).libraries

    assert head.component is None
    assert (cublas.hours_p50, cublas.words, [other.hours_p50 for other in others]) == (4, "4 h", [0])
    by_name = {library["name"]: library for library in document(analysis)["libraries"]}
    assert by_name["cublas"]["hours_in_total_p50"] == 4
    assert squeezed("Libraries in it: cuBLAS 4 h") in squeezed(terminal_text(analysis))
    assert re.search(r"cuBLAShipBLAS;.*?4h", squeezed(pdf_text(analysis)))


def test_the_files_hold_what_is_booked_for_places_that_need_a_person() -> None:
    analysis = make_example()
    target = analysis.targets[0].id
    rows = [json.loads(line) for line in FORMATS["jsonl"].render(analysis, RenderOptions()).splitlines()]
    open_rows = [row for row in rows if row["target"] == target and not row["covered_by"]]
    needing = [row for row in open_rows if row["automation"] != "automatic" and row["severity"] != "none"]

    files = summarise(analysis).files

    assert sum(file.hours_p50 for file in files) * 60 == pytest.approx(sum(row["minutes_p50"] for row in needing))
    assert sum(file.places for file in files) == len(needing)
    assert [made["path"] for made in document(analysis)["summary"]["files"]] == [file.path for file in files]
    dearest = squeezed(f"{files[0].path} ({files[0].words})")
    assert dearest in squeezed(terminal_text(analysis))
    assert squeezed(files[0].words) in squeezed(pdf_text(analysis).partition("Files to open first")[2])


def test_what_is_left_for_a_person_is_the_rest_of_the_findings() -> None:
    analysis = make_example()
    summary = summarise(analysis)

    left = sum(file.places for file in summary.files)

    assert f"{left:,} need a person" in summary.already.words
    found = document(analysis)["summary"]["already"]
    assert (
        found["covered"] + found["harmless"] + found["automatic"] + left
        == summary.headline.findings + summary.headline.covered
    )


def test_what_the_hours_rest_on_adds_up_to_the_total() -> None:
    summary = summarise(make_example())

    assert sum(share.hours_p50 for share in summary.bases) == pytest.approx(summary.headline.effort.hours_p50)


def test_severity_counts_are_the_same_in_every_report() -> None:
    analysis = make_example()
    row = [f"{count:,}" for _, count in summarise(analysis).headline.severities]

    assert "".join(row) in squeezed(terminal_text(analysis))
    assert "gfx942" + "".join(row) in squeezed(pdf_text(analysis))
    page = html_source(analysis)
    matrix = page[page.index("Findings by severity") :]
    for severity, count in summarise(analysis).headline.severities:
        found = re.search(
            rf'sev {severity.value}">.*?<td class="n[^"]*">(?:<a [^>]*>)?([0-9,]+)<', matrix, flags=re.DOTALL
        )
        assert found
        assert found[1] == f"{count:,}"


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Return an analysis of one to three components with any hours, verdict and coverage."""
    names = ["core", "solver", "io"][: draw(st.integers(1, 3))]
    hours = st.floats(0, 50_000, allow_nan=False, allow_infinity=False)
    lines = []
    for name in [*names, None]:
        for block in Block:
            p50 = draw(hours)
            lines.append(make_line(component=name, block=block, hours=make_hours(p50, p50 * 2.5)))
    findings = tuple(
        make_finding(line=number + 1, path=f"src/{names[number % len(names)]}.cu", severity=severity)
        for number, severity in enumerate(draw(st.lists(st.sampled_from(Severity), max_size=12)))
    )
    files = tuple(make_file(f"src/{name}.cu", degraded_bytes=draw(st.integers(0, 4_000))) for name in names)
    components = tuple(make_component(name, files=(file.path,)) for name, file in zip(names, files, strict=True))
    blockers = (make_blocker(),) if draw(st.booleans()) else ()
    return make_analysis(
        findings=findings,
        inventory=make_inventory(
            sites=tuple(finding.site for finding in findings),
            files=files,
            components=components,
            kernels=tuple(make_kernel(f"k{number}") for number in range(draw(st.integers(0, 4)))),
        ),
        estimates=make_estimates(lines, components=names),
        settings=make_settings(team=draw(st.integers(1, 9)), hours_per_day=draw(st.sampled_from([6.0, 7.5, 8.0]))),
        verdicts=(
            make_verdict(
                word=draw(st.sampled_from(VerdictWord)),
                grade=draw(st.sampled_from(["A", "B", "C", "D", "E", ""])),
                portability=draw(st.none() | st.integers(0, 100)),
                blockers=blockers,
            ),
        ),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(analyses())
def test_terminal_page_and_json_agree_on_any_analysis(analysis: Analysis) -> None:
    assert_json_agrees(analysis, summarise(analysis))
    assert_texts_agree(analysis, terminal_text(analysis), html_text(analysis))


def test_the_components_hours_add_up_to_the_total() -> None:
    summary = summarise(make_example())

    added = sum(part.hours.p50 for part in summary.components)

    assert added == pytest.approx(summary.headline.effort.hours_p50)


def test_a_component_that_needs_a_blocked_one_does_not_move_today() -> None:
    move = summarise(make_example()).move_today

    assert move.components == ("core", "linalg", "image", "solver")


def test_a_place_judged_for_two_gpus_is_one_site() -> None:
    site = make_site()
    example = make_example()
    findings = tuple(make_finding(site=site, target=target.id) for target in example.targets)

    summary = summarise(
        make_analysis(targets=example.targets, findings=findings, settings=make_settings(targets=("gfx942", "gfx1100")))
    )

    assert (summary.sites, len(summary.judged), len(summary.automatic[0].sites)) == (1, 1, 1)


def numbers_of_every_format(analysis: Analysis) -> dict[str, tuple[Any, ...]]:
    """Return the same numbers as each format for programs holds them."""
    import csv
    import io

    import openpyxl

    def rendered(name: str) -> bytes:
        return FORMATS[name].render(analysis, RenderOptions())

    target, mode = analysis.targets[0].id, analysis.settings.mode.value
    whole = json.loads(rendered("json"))
    total = whole["estimate"][target][mode]["total"]
    sarif = json.loads(rendered("sarif"))["runs"][0]["properties"]
    book = openpyxl.load_workbook(io.BytesIO(rendered("xlsx")))
    shown = dict(book["Summary"].iter_rows(values_only=True, min_row=2))
    rows = list(csv.DictReader(io.StringIO(rendered("csv").decode(), newline="")))
    minutes = {
        "csv": sum(float(row["minutes_p50"]) for row in rows if row["target"] == target),
        "jsonl": sum(
            row["minutes_p50"] for row in map(json.loads, rendered("jsonl").splitlines()) if row["target"] == target
        ),
    }
    return {
        "minutes": tuple(round(amount, 4) for amount in minutes.values()),
        "sentence": (whole["summary"]["sentence"], sarif["sentence"], shown["verdict"]),
        "p50": tuple(round(hours, 6) for hours in (total["p50"], sarif["hours_p50"], shown["person-hours, P50"])),
        "p90": tuple(round(hours, 6) for hours in (total["p90"], sarif["hours_p90"], shown["person-hours, P90"])),
        "grade": (whole["verdicts"][0]["grade"], sarif["grade"], shown.get("grade") or ""),
        "sites": (whole["summary"]["sites"], sarif["sites"], shown["sites"]),
        "kernels": (whole["codebase"]["kernels"], sarif["kernels"], shown["kernels"]),
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(analyses())
def test_json_sarif_tables_and_comment_agree_on_any_analysis(analysis: Analysis) -> None:
    for name, found in numbers_of_every_format(analysis).items():
        assert len(set(found)) == 1, name
    summary = summarise(analysis)
    comment = FORMATS["md"].render(analysis, RenderOptions()).decode().replace("\\", "").replace("&#8203;", "")
    assert squeezed(summary.sentence) in squeezed(comment)
    assert all(f"{each.block.value} {each.words}" in comment for each in summary.headline.blocks)
    last = FORMATS["annotations"].render(analysis, RenderOptions()).decode().splitlines()[-1]
    assert squeezed(summary.sentence) in squeezed(last.replace("%25", "%"))
