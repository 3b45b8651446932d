"""The plan as Markdown, CSV and JSON."""

import csv
import io
import json

from report_example import make_example

from builders import make_analysis, make_finding, make_rule_note
from portgauge.model.rule import Automation
from portgauge.planning.packages import work_packages
from portgauge.planning.texts import KPIS
from portgauge.reporting.plan_report import plan_csv, plan_json, plan_markdown

ATTACK = "x`|<img src=x>\n# Heading [link](javascript:1) \x1b[31m"


def test_each_package_can_be_read_alone() -> None:
    example = make_example()
    parts = plan_markdown(example).split("\n---\n")[1:]

    assert len(parts) == len(work_packages(example))
    for part in parts:
        assert all(
            word in part for word in ("**Goal.**", "**After.**", "**Steps**", "**Done when**", "**Do not touch**")
        )
        assert all(kpi in part for kpi in KPIS)
        assert "gfx942 (64 lanes)" in part


def test_a_finding_stands_with_its_place_and_what_to_do_instead() -> None:
    finding = make_finding(rule_id="warp/mask-literal", effort_class="warp-site")
    note = make_rule_note("warp/mask-literal", instead="Use a mask of 64 bits.")
    analysis = make_analysis(findings=(make_finding(site=finding.site, automation=Automation.MANUAL),), rules=(note,))
    text = plan_markdown(analysis)

    assert "- `src/solver.cu:12` in `solve`: `mask-literal`" in text
    assert "Instead: Use a mask of 64 bits." in text


def test_code_in_a_message_is_code_and_nothing_else_is_obeyed() -> None:
    message = "`a_b[i] < 32` counts <b>lanes</b> of `__shfl_sync`; an open ` stays"
    note = make_rule_note("warp/mask-literal", instead="Pass `width=32` to *every* shuffle.")
    finding = make_finding(rule_id="warp/mask-literal", automation=Automation.MANUAL, message=message)
    text = plan_markdown(make_analysis(findings=(finding,), rules=(note,)))

    assert "`a_b[i] < 32` counts \\<b\\>lanes\\</b\\> of `__shfl_sync`; an open \\` stays" in text
    assert "Instead: Pass `width=32` to \\*every\\* shuffle." in text


def test_places_of_one_rule_that_mean_something_else_say_so() -> None:
    found = tuple(
        make_finding(
            rule_id="warp/lane", line=line, match=match, automation=Automation.MANUAL, message=f"`{match}` {meaning}"
        )
        for line, match, meaning in ((3, "t & 31", "is right"), (5, "k & 31", "is wrong"), (8, "k % 32", "is right"))
    )
    text = plan_markdown(make_analysis(findings=found))

    right, wrong = text.index("`t & 31` is right"), text.index("`k & 31` is wrong")
    assert right < text.index("- `src/solver.cu:8`") < wrong < text.index("- `src/solver.cu:5`")


def test_text_of_the_source_is_shown_and_not_obeyed() -> None:
    site = make_finding(match=ATTACK, path="a/`b|c.cu").site
    text = plan_markdown(make_analysis(findings=(make_finding(site=site, automation=Automation.MANUAL),)))

    assert "\x1b" not in text
    assert not any(line.startswith("# Heading") for line in text.splitlines())


def test_csv_has_a_row_for_each_package_and_no_cell_that_a_spreadsheet_runs() -> None:
    example = make_example()
    rows = list(csv.DictReader(io.StringIO(plan_csv(example))))

    assert [row["id"] for row in rows] == [package.id for package in work_packages(example)]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_json_holds_every_finding_that_a_package_names() -> None:
    document = json.loads(plan_json(make_example()))

    assert {site for package in document["plan"] for site in package["sites"]} == set(document["findings"])
