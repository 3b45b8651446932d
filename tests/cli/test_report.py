"""``portgauge report``: from a saved analysis to any report."""

from pathlib import Path

import pytest
from running import Command


@pytest.fixture
def saved(command: Command, codebase: Path, tmp_path: Path, without_workers: None) -> Path:
    path = tmp_path / "saved.json"
    outcome = command("scan", codebase, "-q", "-o", path, "-o", tmp_path / "scan.html", "-o", tmp_path / "scan.jsonl")
    assert outcome.code == 0
    return path


def test_the_reports_are_those_that_the_scan_made(command: Command, saved: Path, tmp_path: Path) -> None:
    names = ("report.html", "report.jsonl", "report.json")

    outcome = command("report", saved, "-q", *(word for name in names for word in ("-o", tmp_path / name)))

    assert outcome == (0, "", "")
    assert (tmp_path / "report.html").read_bytes() == (tmp_path / "scan.html").read_bytes()
    assert (tmp_path / "report.jsonl").read_bytes() == (tmp_path / "scan.jsonl").read_bytes()
    assert (tmp_path / "report.json").read_bytes() == saved.read_bytes()


def test_without_outputs_it_prints_the_summary_of_the_scan(command: Command, saved: Path, codebase: Path) -> None:
    assert command("report", saved).out == command("scan", codebase).out


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"", "is no JSON"), (b"{}", "not an analysis of portgauge")],
)
def test_a_file_that_is_no_analysis_is_one_line(
    content: bytes | None, says: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "other.json"
    if content is not None:
        path.write_bytes(content)

    outcome = command("report", path, "-o", tmp_path / "x.html")

    assert outcome.code == 2
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert not (tmp_path / "x.html").exists()


def test_an_output_that_cannot_be_written_is_named_and_the_others_are_written(
    command: Command, saved: Path, tmp_path: Path
) -> None:
    good, unknown, nowhere = tmp_path / "x.html", tmp_path / "x.txt", tmp_path / "no" / "x.json"

    outcome = command("report", saved, "-q", "-o", unknown, "-o", good, "-o", nowhere)

    assert outcome.code == 2
    assert good.exists()
    assert [line.partition(": ")[0] for line in outcome.err.splitlines()] == ["portgauge report"] * 2
    assert "x.txt: the suffix picks the format" in outcome.err
    assert "there is no folder" in outcome.err


def test_a_format_whose_extra_is_missing_is_refused_before_any_work(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portgauge.reporting.formats.find_spec", lambda _: None)

    outcome = command("report", tmp_path / "no-such.json", "-o", tmp_path / "x.xlsx")

    assert outcome.code == 2
    assert "pip install 'portgauge[xlsx]'" in outcome.err
    assert "no-such.json" not in outcome.err


def test_no_half_file_stays_behind(
    command: Command, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portgauge.cli._outputs.Path.replace", full)
    before = sorted(tmp_path.iterdir())

    outcome = command("report", saved, "-q", "-o", tmp_path / "x.html")

    assert outcome.code == 2
    assert "No space left on device" in outcome.err
    assert sorted(tmp_path.iterdir()) == before
