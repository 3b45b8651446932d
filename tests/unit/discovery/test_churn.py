"""How many lines changed in a year, from a history made for it."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from portgauge.discovery.churn import lines_changed_in_a_year

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def commit(folder: Path, text: str, *, days_ago: int) -> None:
    (folder / "a.cu").write_text(text)
    (folder / "readme.txt").write_text(text)
    moment = (NOW - timedelta(days=days_ago)).isoformat()
    for command in (["add", "-A"], ["commit", "-q", "-m", "change"]):
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *command],
            cwd=folder,
            check=True,
            env={"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment, "PATH": "/usr/bin:/bin:/usr/local/bin"},
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_lines_of_the_asked_files_in_the_last_year_are_counted(checkout: Path) -> None:
    commit(checkout, "old\n" * 50, days_ago=800)
    commit(checkout, "old\n" * 50 + "new\n" * 7, days_ago=100)
    commit(checkout, "old\n" * 45 + "new\n" * 7, days_ago=10)

    assert lines_changed_in_a_year(checkout, [PurePosixPath("a.cu")]) == 12


def test_a_history_of_less_than_a_year_says_nothing(checkout: Path) -> None:
    commit(checkout, "a\n", days_ago=30)
    commit(checkout, "b\n", days_ago=3)

    assert lines_changed_in_a_year(checkout, [PurePosixPath("a.cu")]) is None


def test_no_checkout_says_nothing(tmp_path: Path) -> None:
    assert lines_changed_in_a_year(tmp_path, [PurePosixPath("a.cu")]) is None
