"""Each project in samples/: the marks in its code, and everything found in it against the file in expected/.

``pytest tests/golden --update-golden`` rewrites the expected files; read the diff before committing it.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from portgauge.model.analysis import Analysis
from portgauge.pipeline import analyse
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.rulebook.rulebook import Rulebook

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())
EXPECTED = Path(__file__).parent / "expected"
MARK = re.compile(r"^\s*// (finds|clean|finds-later): (\S+(?:, \S+)*)$")


@pytest.fixture(scope="module", params=NAMES)
def sample(request: pytest.FixtureRequest) -> tuple[str, Analysis]:
    return request.param, analyse(SAMPLES / request.param)


# Expected files --------------------------------------------------------------------------------------


def finding_line(finding: dict[str, Any]) -> str:
    """Return a finding as one line, so that a changed finding is a changed line."""
    judged = " ".join(
        f"{target}={each['automation']}/{each['severity']}"
        + (f"/covered:{each['covered_by']}" if each["covered_by"] else "")
        for target, each in finding["targets"].items()
    )
    return f"{finding['path']}:{finding['line']} {finding['rule']} {judged}"


def stable_parts(analysis: Analysis) -> dict[str, Any]:
    document = json.loads(FORMATS["json"].render(analysis, RenderOptions()))
    return {
        "verdicts": {verdict["target"]: f"{verdict['verdict']} {verdict['grade']}" for verdict in document["verdicts"]},
        "hours": {
            target: {mode: [round(each["total"][part], 2) for part in ("p50", "p90")] for mode, each in modes.items()}
            for target, modes in document["estimate"].items()
        },
        "problems": [f"{problem.path}: {problem.reason}" for problem in analysis.inventory.problems],
        "findings": [finding_line(finding) for finding in document["findings"]],
    }


def test_a_sample_is_found_as_expected(sample: tuple[str, Analysis], request: pytest.FixtureRequest) -> None:
    name, analysis = sample
    path = EXPECTED / f"{name}.json"
    found = stable_parts(analysis)
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    expected = json.loads(path.read_text(encoding="utf-8"))

    assert found["findings"] == expected["findings"]
    assert found == expected


def test_every_expected_file_belongs_to_a_sample() -> None:
    assert sorted(path.stem for path in EXPECTED.glob("*")) == NAMES


# Marks -----------------------------------------------------------------------------------------------


def marks_in(root: Path) -> list[tuple[str, int, str, str]]:
    """Return path, marked line, mark and rule of every mark below a folder."""
    found = []
    for path in sorted(root.rglob("*")):
        if path.suffix not in (".cu", ".cuh", ".h", ".cpp"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if mark := MARK.match(line):
                name = path.relative_to(root).as_posix()
                found += [(name, number + 1, mark[1], rule) for rule in mark[2].split(", ")]
            else:
                assert not re.search(r"// *(finds|clean)\b.*:", line), f"{path}:{number} is no mark that is read"
    return found


# Sample, path, line and rule of marks whose finding is not made; each is a fault of a rule or matcher.
MISSED = [
    # The rule does not list cudaResourceDesc.
    ("make-program", "src/main.cpp", 45, "texture/texture-use"),
]


def is_found(analysis: Analysis, path: str, line: int, rule: str) -> bool:
    places = ((str(site.path), site.location.line, site.rule_id) for site in analysis.inventory.sites)
    return (path, line, rule) in places


def test_findings_stand_where_the_marks_say_and_nowhere_else(sample: tuple[str, Analysis], rulebook: Rulebook) -> None:
    name, analysis = sample
    marks = marks_in(SAMPLES / name)
    marked_kinds = {rule for rule in rulebook.patterns if rule != "kernel/launch"}

    found = {
        (str(site.path), site.location.line, site.rule_id)
        for site in analysis.inventory.sites
        if (site.rule_id in marked_kinds or site.rule_id.startswith("ptx/"))
        and site.path.suffix in (".cu", ".cuh", ".h", ".cpp")
    }

    marked = {(path, line, rule) for path, line, mark, rule in marks if mark == "finds"}
    missed = {(path, line, rule) for of, path, line, rule in MISSED if of == name}
    assert missed <= marked
    assert found == marked - missed


def test_marks_name_rules_that_exist(rulebook: Rulebook) -> None:
    marks = [mark for name in NAMES for mark in marks_in(SAMPLES / name)]

    assert len(marks) > 50
    assert [mark for mark in marks if rulebook.rule(mark[3]) is None] == []


@pytest.mark.parametrize(("name", "path", "line", "rule"), MISSED)
@pytest.mark.xfail(strict=True, reason="marked in the sample and not found")
def test_a_missed_mark_is_found(name: str, path: str, line: int, rule: str) -> None:
    assert is_found(analyse(SAMPLES / name), path, line, rule)
