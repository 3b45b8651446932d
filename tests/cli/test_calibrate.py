"""``portgauge calibrate`` from outside: what it prints and writes, and input that nobody should send."""

from pathlib import Path

import pytest
from running import Command

pytestmark = pytest.mark.usefixtures("without_workers")


@pytest.fixture
def port(codebase: Path) -> Path:
    (codebase / "k.cu").write_text("__global__ void k(int* p) { p[threadIdx.x & 31] = 1; }\n")
    return codebase


def actuals(folder: Path, text: str) -> Path:
    path = folder / "actuals.csv"
    path.write_text(text)
    return path


def test_finished_ports_become_rules_that_a_scan_reads(
    command: Command, scan_json: Command, port: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.json"
    command("scan", port, "-o", saved)
    table = actuals(tmp_path, "port,mode,hours,change\ncodebase,,90,\nsaved.json,manual,,120\n")

    outcome = command("calibrate", table, "-o", tmp_path / "ours")
    again = command("calibrate", table, "-o", tmp_path / "ours")
    before, after = scan_json(port), scan_json(port, "--rules", tmp_path / "ours")

    assert (outcome.code, outcome.err) == (0, "")
    assert "Before: actual and estimated hours differ by a factor of" in outcome.out
    assert "After, for a port that was left out" in outcome.out
    assert [path.name for path in (tmp_path / "ours").iterdir()] == ["calibration.yaml"]
    totals = [each.document["estimate"]["gfx942"]["hipify"]["total"]["p50"] for each in (before, after)]
    assert totals[1] > totals[0] * 1.2
    assert "2 finished ports of this team" in after.document["estimate"]["gfx942"]["hipify"]["lines"][0]["basis"]
    assert (again.code, "is there already" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected port, then some of"),
        ("port,hours\n", "no port stands there"),
        ("port,days\ncodebase,3\n", "the columns are port, days; expected port"),
        ("port,hours\ncodebase,-3\n", ":2: hours is '-3'; expected person-hours above 0"),
        ("port,hours\ncodebase,0\n", ":2: hours is '0'"),
        ("port,hours\ncodebase,nan\n", ":2: hours is 'nan'"),
        ("port,hours\ncodebase,1e12\n", ":2: hours is '1e12'"),
        ("port,hours\ncodebase,\n", ":2: no actual hours"),
        ("port,hours\n,3\n", ":2: port is empty"),
        ("port,hours\ncodebase,3,4\n", ":2: has not as many cells"),
        ("port,hours,change\ncodebase,3,4\n", ":2: `hours` and hours by block"),
        ("port,hours\nnowhere,3\n", ":2: nowhere is neither a folder nor a saved analysis"),
        ("port,hours\ncodebase,3\ncodebase,4\n", "codebase stands there twice"),
        ("port,mode,hours\ncodebase,magic,3\n", ":2: mode is 'magic'"),
        ("port,hours\nbroken.json,3\n", "broken.json is JSON, but not an analysis"),
        ("port,hours\nold.json,3\n", "has schema version 0.9.0"),
        ("port,hours\n\x00codebase,3\n", "actuals.csv"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    text: str, says: str, command: Command, port: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.json").write_text("{}")
    (tmp_path / "old.json").write_text('{"schema_version": "0.9.0", "tool": {"name": "portgauge"}}')

    outcome = command("calibrate", actuals(tmp_path, text), "-o", tmp_path / "ours")

    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not (tmp_path / "ours").exists()


def test_a_calibration_that_is_not_one_is_refused_with_its_line(command: Command, port: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "calibration.yaml").write_text('basis: "measured: x"\nfactors:\n  sites: -2\n')

    outcome = command("scan", port, "--rules", folder)

    assert outcome.code == 2
    assert "ours/calibration.yaml:3: sites is -2; expected a factor" in outcome.err
