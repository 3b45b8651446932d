"""CSV, the workbook, the comment and the annotations."""

import csv
import io
import json
import re
import sys
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import pytest
from markdown_it import MarkdownIt
from report_example import make_example
from test_report_hostile import ATTACK, CONTROL, hostile
from test_report_html import many

from builders import (
    make_analysis,
    make_component,
    make_estimates,
    make_file,
    make_finding,
    make_inventory,
    make_line,
    make_site,
)
from portgauge.errors import InstallationError
from portgauge.model.analysis import Analysis
from portgauge.model.rule import Automation, Severity
from portgauge.planning.packages import work_packages
from portgauge.reporting.csv_report import safe_cell
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.markdown_report import escaped
from portgauge.reporting.summary import summarise
from portgauge.reporting.xlsx_report import CELL_CHARACTERS, _listed


def rendered(name: str, analysis: Analysis, **options: Any) -> bytes:
    return FORMATS[name].render(analysis, RenderOptions(**options))


def text_of(name: str, analysis: Analysis, **options: Any) -> str:
    return rendered(name, analysis, **options).decode("utf-8")


def csv_rows(analysis: Analysis) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of("csv", analysis), newline="")))


def workbook(analysis: Analysis) -> Any:
    return openpyxl.load_workbook(io.BytesIO(rendered("xlsx", analysis)))


# CSV and the workbook --------------------------------------------------------------------------------


def test_csv_and_workbook_hold_the_rows_of_the_json_lines() -> None:
    analysis = make_example()
    lines = [json.loads(line) for line in rendered("jsonl", analysis).splitlines()]
    header, *cells = workbook(analysis)["Findings"].iter_rows(values_only=True)

    assert csv_rows(analysis) == [
        {name: "" if cell is None else str(cell) for name, cell in line.items()} for line in lines
    ]
    assert list(header) == list(lines[0])
    assert [tuple(None if cell == "" else cell for cell in line.values()) for line in lines] == cells


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1", "  =1", "\uff1d1"])
def test_what_looks_like_a_formula_is_text_in_csv(text: str) -> None:
    cell = safe_cell(text)

    assert isinstance(cell, str)
    assert cell.startswith("'")
    assert safe_cell("__shfl_sync") == "__shfl_sync"
    assert safe_cell(-1.5) == -1.5


@pytest.mark.parametrize("text", ["=1+1", "@x", "https://example.org", "{=1}", "12"])
def test_what_looks_like_a_formula_link_or_number_is_text_in_the_workbook(text: str) -> None:
    site = make_site(match=text, function=text)
    book = workbook(make_analysis(findings=(make_finding(site=site),)))

    cells = [cell for row in book["Findings"].iter_rows() for cell in row if cell.value == text]

    assert len(cells) == 2
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize("name", ["csv", "xlsx", "md", "annotations", "sarif"])
def test_hostile_text_breaks_no_format(name: str) -> None:
    made = rendered(name, hostile(ATTACK + CONTROL))

    assert made == rendered(name, hostile(ATTACK + CONTROL))
    if name == "xlsx":
        assert workbook(hostile(ATTACK + CONTROL)).sheetnames
    else:
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", made.decode("utf-8"))


def test_the_workbook_has_a_sheet_for_each_list_and_lines_that_add_up() -> None:
    analysis = make_example()
    summary = summarise(analysis)
    book = workbook(analysis)

    assert book.sheetnames == ["Summary", "Findings", "Components", "Libraries", "Estimate lines", "Plan"]
    header, *lines = book["Estimate lines"].iter_rows(values_only=True)
    head = (summary.headline.target.id, summary.mode.value)
    hours = [row[header.index("hours_p50")] for row in lines if row[:2] == head]
    assert sum(hours) == pytest.approx(summary.headline.effort.hours_p50)
    shown = dict(book["Summary"].iter_rows(values_only=True, min_row=2))
    assert shown["verdict"] == summary.sentence
    assert shown["person-hours, P90"] == pytest.approx(summary.headline.effort.hours_p90)
    parts = {row[0]: row[3] for row in book["Components"].iter_rows(values_only=True, min_row=2)}
    assert parts == {part.name: pytest.approx(part.hours.p50) for part in summary.components}


def test_the_plan_of_the_workbook_is_that_of_the_other_outputs() -> None:
    analysis = make_example()
    packages = work_packages(analysis)

    header, *rows = workbook(analysis)["Plan"].iter_rows(values_only=True)

    assert len(rows) == len(packages) > 2
    for order, (package, cells) in enumerate(zip(packages, rows, strict=True), start=1):
        row = dict(zip(header, cells, strict=True))
        assert (row["order"], row["package"], row["goal"]) == (order, package.id, package.goal)
        assert row["after"] == (", ".join(package.depends_on) or None)
        assert row["files"] == ("; ".join(str(file.path) for file in package.files) or None)
        assert row["acceptance"] == "; ".join(package.acceptance)
        for mode, hours in package.hours:
            assert (row[f"hours_{mode.value}_p50"], row[f"hours_{mode.value}_p90"]) == pytest.approx(
                (hours.p50, hours.p90)
            )


def test_a_formula_in_the_name_of_a_file_or_component_is_text_in_the_plan() -> None:
    text = "=HYPERLINK(1)"
    component = make_component(text, files=(PurePosixPath("=1+1.cu"),))
    site = make_site(path="=1+1.cu")
    analysis = make_analysis(
        inventory=make_inventory(files=(make_file("=1+1.cu"),), sites=(site,), components=(component,)),
        findings=(make_finding(site=site),),
        estimates=make_estimates([make_line(component=text)], components=(text,)),
    )

    cells = [cell for row in workbook(analysis)["Plan"].iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}
    assert {"=1+1.cu", text} <= {cell.value for cell in cells}


def test_more_files_than_a_cell_holds_are_counted_in_it() -> None:
    names = [f"src/{'long' * 20}{number}.cu" for number in range(1_000)]

    listed = _listed(names)

    *kept, last = listed.split("; ")
    assert len(listed) <= CELL_CHARACTERS
    assert kept == names[: len(kept)]
    assert last == f"and {1_000 - len(kept)} more, in the JSON"


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)

    with pytest.raises(InstallationError, match=r"pip install 'portgauge\[xlsx\]'"):
        rendered("xlsx", make_analysis())


# The comment -----------------------------------------------------------------------------------------


def test_the_comment_is_four_lines_and_a_table() -> None:
    analysis = make_example()
    summary = summarise(analysis)

    first, table, *_ = text_of("md", analysis).split("\n\n")

    assert len(first.splitlines()) == 4
    assert MarkdownIt().render(first).count("<br") == 3
    assert len(table.splitlines()) == 2 + len(summary.worked)
    assert "<table>" in MarkdownIt("commonmark").enable("table").render(table)


@pytest.mark.parametrize(
    "text", ["[x](http://a)", "<b>x</b>", "**x**", "@somebody", "#12", "https://a.example", "`x`", "a|b", "~~x~~"]
)
def test_a_name_is_text_in_the_comment(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(escaped(text))

    assert re.sub("\u200b|<p>|</p>|\n", "", shown) == text.replace("<", "&lt;").replace(">", "&gt;")
    assert not re.search(r"@\w|#\d|://a", shown)


def test_a_large_comment_stays_within_what_a_pull_request_takes() -> None:
    assert len(text_of("md", many(3_000))) < 65_536


# Annotations -----------------------------------------------------------------------------------------


def test_annotations_are_one_command_a_line_worst_first_and_no_more_than_are_shown() -> None:
    *commands, last = text_of("annotations", many(40)).splitlines()

    assert [line.partition(" ")[0] for line in commands] == ["::error"] * 10
    assert last.startswith("::notice title=portgauge::")
    assert "30 more places that need a person" in last


def test_no_text_ends_a_command_early() -> None:
    site = make_site(path="src/a,b::c.cu", match="x")
    finding = make_finding(
        site=site, message="100 % ::error::\nno", severity=Severity.HIGH, automation=Automation.MANUAL
    )

    command, _ = text_of("annotations", make_analysis(findings=(finding,))).splitlines()

    assert "file=src/a%2Cb%3A%3Ac.cu," in command
    assert command.partition("::")[2].partition("::")[2].startswith("100 %25 ::error:: no")


def test_automatic_findings_are_shown_when_asked() -> None:
    analysis = make_example()

    assert "cudaMemcpyAsync" not in text_of("annotations", analysis)
    assert "cudaMemcpyAsync" in text_of("annotations", analysis, show_automatic=True)
