"""An analysis that was saved and read again makes the same reports."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from report_example import make_example
from test_report_hostile import ATTACK, CONTROL, hostile
from test_reports_agree import analyses

from builders import make_analysis, make_inventory, make_line, make_site
from portgauge.errors import UserError
from portgauge.model.analysis import Analysis
from portgauge.model.location import Define, Guard
from portgauge.model.rounded import rounded
from portgauge.pipeline import analyse
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.reporting.json_loading import load_analysis
from portgauge.reporting.json_report import SCHEMA_VERSION
from portgauge.reporting.withholding import without_snippets

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def save(analysis: Analysis, folder: Path) -> Path:
    path = folder / "saved.json"
    path.write_bytes(FORMATS["json"].render(analysis, RenderOptions()))
    return path


def with_sites_that_no_rule_judges() -> Analysis:
    known = make_analysis()
    odd = make_site("warp/retired", line=90, guards=(Guard(kind="elif", text="B", line=3, tried=("A",)),))
    define = Define(name="GPU", guards=(Guard(kind="ifdef", text="__HIP__", line=1),))
    return replace(known, inventory=make_inventory(sites=(*known.inventory.sites, odd), defines=(define,)))


@pytest.mark.parametrize(
    "make",
    [make_analysis, make_example, with_sites_that_no_rule_judges, lambda: hostile(ATTACK + CONTROL)],
    ids=["small", "example", "not judged", "hostile"],
)
def test_a_saved_analysis_is_the_same_value(make: Callable[[], Analysis], tmp_path: Path) -> None:
    analysis = rounded(make())

    loaded = load_analysis(save(analysis, tmp_path))

    def sites(whole: Analysis) -> set[str]:
        return {repr(site) for site in whole.inventory.sites}

    assert sites(loaded) == sites(analysis)
    assert {repr(finding) for finding in loaded.findings} == {repr(finding) for finding in analysis.findings}
    nothing = {"sites": (), "libraries": ()}
    assert replace(loaded, inventory=replace(loaded.inventory, **nothing), findings=(), libraries=()) == replace(
        analysis, inventory=replace(analysis.inventory, **nothing), findings=(), libraries=()
    )
    assert set(loaded.libraries) == set(analysis.libraries)
    assert set(loaded.inventory.libraries) == set(analysis.inventory.libraries)


@pytest.mark.parametrize("sample", ["cmake-library", "torch-extension"])
def test_a_saved_scan_makes_the_same_bytes_in_every_format(sample: str, tmp_path: Path) -> None:
    analysis = analyse(SAMPLES / sample)

    loaded = load_analysis(save(analysis, tmp_path))

    for known in FORMATS.values():
        assert known.render(loaded, RenderOptions()) == known.render(analysis, RenderOptions()), known.name


def test_snippets_that_were_left_out_stay_left_out(tmp_path: Path) -> None:
    bare = without_snippets(make_example())

    loaded = load_analysis(save(bare, tmp_path))

    assert FORMATS["html"].render(loaded, RenderOptions()) == FORMATS["html"].render(bare, RenderOptions())


@settings(
    max_examples=10,
    deadline=None,
    # Not shrunk: a page takes too long to make.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(analysis=analyses())
def test_any_analysis_makes_the_same_page_after_it_was_saved(analysis: Analysis, tmp_path: Path) -> None:
    made = rounded(analysis)

    loaded = load_analysis(save(made, tmp_path))

    for name in ("html", "json", "jsonl"):
        assert FORMATS[name].render(loaded, RenderOptions()) == FORMATS[name].render(made, RenderOptions())


def test_rounding_keeps_what_has_no_fraction_and_cuts_what_has_too_much() -> None:
    line = make_line()
    long = replace(line, hours=replace(line.hours, p50=1 / 3, p90=2 / 3))

    assert rounded(line) == line
    assert rounded((long,))[0].hours.p50 == 0.3333333333


def changed(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    def changing(saved: bytes) -> bytes:
        document = json.loads(saved)
        change(document)
        return json.dumps(document).encode()

    return changing


DEFECTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda saved: saved[: len(saved) // 2], "ends too early|is no JSON"),
    "empty": (lambda saved: b"", "is no JSON: line 1"),
    "binary": (lambda saved: b"\xff\xfe" + saved, "byte 1 is not UTF-8"),
    "page": (lambda saved: b"<html></html>", "is no JSON"),
    "other json": (lambda saved: b"[1, 2]", "not an analysis of portgauge"),
    "other tool": (changed(lambda d: d["tool"].update(name="other")), "not an analysis of portgauge"),
    "deep": (lambda saved: b"[" * 200_000, "is no JSON"),
    "not a number": (lambda saved: saved.replace(b'"dirty": false', b'"dirty": NaN'), "NaN is no number"),
    "newer major": (changed(lambda d: d.update(schema_version="2.0.0")), "schema version 2.0.0; .* newer portgauge"),
    "older": (changed(lambda d: d.update(schema_version="1.0.0")), "has schema version 1.0.0; .* make it again"),
    "no version": (changed(lambda d: d.update(schema_version="one")), "schema_version is one"),
    "wrong type": (changed(lambda d: d["findings"][0].update(line="12")), r"findings\[0\].line must be integer"),
    "missing": (changed(lambda d: d["codebase"].pop("name")), "must contain .*name"),
    "unknown": (changed(lambda d: d.update(colour="red")), "must not contain .*colour"),
    "no verdict": (changed(lambda d: d["verdicts"][0].update(target="gfx1")), "one verdict for each target"),
    "twice": (changed(lambda d: d["findings"].append(d["findings"][0])), "every fingerprint once"),
    "other target": (changed(lambda d: d["findings"][0]["targets"].clear()), "a judgement for each target"),
    "p90 below": (changed(lambda d: d["maintenance_per_year"][0]["hours"].update(p90=0)), "expected 0 <= p50 <= p90"),
    "end before start": (changed(lambda d: d["findings"][0].update(end_column=1, column=9)), "no stretch of text"),
    "no time zone": (changed(lambda d: d.update(analysed_at="2026-11-22T10:00:00")), "analysed_at"),
    "date": (changed(lambda d: d["rules"][0]["sources"][0].update(retrieved="soon")), "Invalid isoformat"),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_a_file_that_is_no_analysis_is_refused_on_one_line(name: str, tmp_path: Path) -> None:
    spoil, says = DEFECTS[name]
    path = save(make_analysis(), tmp_path)
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(UserError, match=says) as refused:
        load_analysis(path)

    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_number_beyond_all_numbers_is_refused(tmp_path: Path) -> None:
    path = save(make_analysis(), tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"p90": 20.0', b'"p90": 1e999'))

    with pytest.raises(UserError, match="larger than any number"):
        load_analysis(path)


def test_a_later_minor_version_may_have_more_keys(tmp_path: Path) -> None:
    major, minor, _ = SCHEMA_VERSION.split(".")
    later = changed(lambda d: d.update(schema_version=f"{major}.{int(minor) + 1}.0", colour="red"))
    path = save(make_analysis(), tmp_path)
    path.write_bytes(later(path.read_bytes()))

    assert load_analysis(path).inventory.codebase == make_analysis().inventory.codebase
