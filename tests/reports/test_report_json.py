"""The JSON follows its schema; the lines of the JSONL add up to the change block."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from report_example import make_example

from builders import make_analysis, make_finding
from portgauge.model.analysis import Analysis
from portgauge.model.estimate import Block
from portgauge.reporting.finding_rows import COLUMNS
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.withholding import without_snippets
from portgauge.resources import report_templates_folder


def schema() -> dict[str, Any]:
    text = (report_templates_folder() / "schema" / "analysis-1.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def document(analysis: Analysis, *, snippets: bool = True) -> dict[str, Any]:
    shown = analysis if snippets else without_snippets(analysis)
    loaded: dict[str, Any] = json.loads(FORMATS["json"].render(shown, RenderOptions()))
    return loaded


def rows(analysis: Analysis) -> list[dict[str, Any]]:
    return [json.loads(line) for line in FORMATS["jsonl"].render(analysis, RenderOptions()).splitlines()]


@pytest.mark.parametrize("make", [make_analysis, make_example])
@pytest.mark.parametrize("snippets", [True, False])
def test_the_json_follows_its_schema(make: Callable[[], Analysis], snippets: bool) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())

    jsonschema.validate(document(make(), snippets=snippets), schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_a_key_that_it_does_not_know() -> None:
    changed = document(make_analysis())
    changed["findings"][0]["colour"] = "red"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, schema())


def test_a_number_of_hot_kernels_says_not_which() -> None:
    analysis = make_analysis()

    def hot(asked: int | str) -> list[bool | None]:
        settings = replace(analysis.settings, hot_kernels=asked)
        return [kernel["hot"] for kernel in document(replace(analysis, settings=settings))["kernels"]]

    assert set(hot(0)) == {False}
    assert set(hot(2)) == {None}
    assert set(hot("sol*")) == {True}


def test_each_finding_is_one_line_of_the_file() -> None:
    text = FORMATS["json"].render(make_example(), RenderOptions()).decode()
    findings = json.loads(text)["findings"]

    lines = {line.rstrip(",") for line in text.split("\n")}
    assert all(json.dumps(finding, ensure_ascii=False) in lines for finding in findings)


def test_minutes_of_a_line_are_shared_by_the_findings_that_it_prices() -> None:
    analysis = make_example()
    target, mode = analysis.targets[0].id, analysis.settings.mode
    line = next(line for line in analysis.estimate(target=target, mode=mode).lines if len(line.fingerprints) > 1)

    found = {finding["fingerprint"]: finding for finding in document(analysis)["findings"]}

    each = line.hours.p50 * 60 / len(line.fingerprints)
    for fingerprint in line.fingerprints:
        minutes = found[fingerprint]["targets"][target]["minutes"][mode.value]["p50"]
        assert minutes == pytest.approx(each, abs=1e-6)


def test_the_lines_add_up_to_the_change_block_s_site_lines() -> None:
    analysis = make_example()
    target = analysis.targets[0].id
    estimate = analysis.estimate(target=target, mode=analysis.settings.mode)
    priced = sum(line.hours.p50 for line in estimate.lines if line.block is Block.CHANGE and line.fingerprints)

    added = sum(row["minutes_p50"] for row in rows(analysis) if row["target"] == target)

    assert added / 60 == pytest.approx(priced, abs=1e-4)
    assert priced > 0


def test_the_columns_are_those_of_the_product_contract() -> None:
    contract = (
        "path line end_line column rule category match target severity failure_mode automation confidence "
        "minutes_p50 component component_kind function guards covered_by fingerprint"
    )

    assert " ".join(COLUMNS) == contract
    assert all(tuple(row) == COLUMNS for row in rows(make_example()))


def test_a_covered_finding_costs_nothing() -> None:
    covered = [row for row in rows(make_example()) if row["covered_by"]]

    assert covered
    assert {row["minutes_p50"] for row in covered} == {0}


@pytest.mark.parametrize("name", ["json", "jsonl", "html", "pdf"])
def test_the_same_analysis_gives_the_same_bytes(name: str) -> None:
    render = FORMATS[name].render

    assert render(make_example(), RenderOptions()) == render(make_example(), RenderOptions())


@pytest.mark.parametrize("name", ["json", "jsonl", "html", "pdf"])
def test_the_order_in_which_findings_were_made_does_not_matter(name: str) -> None:
    analysis = make_example()
    turned = replace(analysis, findings=tuple(reversed(analysis.findings)))

    assert FORMATS[name].render(turned, RenderOptions()) == FORMATS[name].render(analysis, RenderOptions())


@pytest.mark.parametrize("name", ["json", "jsonl", "html"])
def test_a_file_ends_with_exactly_one_newline(name: str) -> None:
    made = FORMATS[name].render(make_analysis(), RenderOptions())

    assert made.endswith(b"\n")
    assert not made.endswith(b"\n\n")


def test_floats_have_at_most_six_digits() -> None:
    analysis = make_analysis(findings=(make_finding(),))

    text = FORMATS["json"].render(analysis, RenderOptions()).decode()

    numbers: list[float] = []
    json.loads(text, parse_float=lambda digits: numbers.append(len(digits.partition(".")[2])))
    assert max(numbers) <= 6
