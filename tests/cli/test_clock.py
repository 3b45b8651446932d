"""The time of an analysis can be fixed, so that reports repeat byte by byte."""

from pathlib import Path

import pytest
from running import CODE, Command


def test_the_time_of_a_reproducible_build_is_that_of_the_analysis(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.cu").write_text(CODE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")

    outcome = command("scan", tmp_path, "-o", "-", "-f", "json")

    assert outcome.document["analysed_at"].startswith("2026-01-01T00:00:00")


def test_a_time_that_is_none_is_refused(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")

    outcome = command("scan", tmp_path)

    assert outcome.code == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday'; expected whole seconds since 1970" in outcome.err
