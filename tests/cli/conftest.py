"""The commands, run in this process."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import CODE, Command, Outcome

from portgauge.cli.main import run

LONGEST_SECONDS = 60


@pytest.fixture(autouse=True)
def no_hanging() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise TimeoutError(f"the command runs for more than {LONGEST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """``command("scan", path, ...)``: the command line, run in this process."""

    def run_command(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["portgauge", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            run()
        out, err = capfd.readouterr()
        return Outcome(code=int(left.value.code or 0), out=out, err=err)

    return run_command


@pytest.fixture
def scan_json(command: Command, without_workers: None) -> Command:
    return lambda path, *options: command("scan", path, "-o", "-", "-f", "json", *options)


@pytest.fixture
def codebase(tmp_path: Path) -> Path:
    folder = tmp_path / "codebase"
    folder.mkdir()
    (folder / "a.cu").write_text(CODE)
    return folder
