"""Gates and baselines from outside: exit codes, and what is said."""

from pathlib import Path

import pytest
from running import Command

MORE = "void f() { cudaFree(p); cudaDeviceReset(); }\n"


def test_a_baseline_lets_what_is_there_pass_and_what_is_new_not(
    command: Command, codebase: Path, tmp_path: Path
) -> None:
    accepted = tmp_path / "accepted.txt"
    written = command("baseline", codebase, accepted)
    same = command("scan", codebase, "-q", "--baseline", accepted)
    (codebase / "a.cu").write_text(MORE)
    worse = command("scan", codebase, "-q", "--baseline", accepted)

    assert (written.code, same.code, worse.code) == (0, 0, 1)
    assert "gate new:1 not met: 0 new findings" in same.err
    assert "gate new:1 met: 1 new findings on gfx942 (a.cu:1 runtime/cudaDeviceReset)" in worse.err


def test_tightening_refuses_what_is_new_unless_it_is_accepted(command: Command, codebase: Path, tmp_path: Path) -> None:
    accepted = tmp_path / "accepted.txt"
    command("baseline", codebase, accepted)
    (codebase / "a.cu").write_text(MORE)

    refused = command("baseline", codebase, accepted)
    still = command("scan", codebase, "-q", "--baseline", accepted).code
    taken = command("baseline", codebase, accepted, "--accept-new")

    assert (refused.code, still, taken.code) == (1, 1, 0)
    assert "accept them with --accept-new" in refused.err
    assert command("scan", codebase, "-q", "--baseline", accepted).code == 0


def test_a_saved_analysis_is_a_baseline_too(command: Command, codebase: Path, tmp_path: Path) -> None:
    saved = tmp_path / "before.json"
    command("scan", codebase, "-q", "-o", saved)
    (codebase / "a.cu").write_text(MORE)

    assert command("scan", codebase, "-q", "--baseline", saved, "--fail-on", "new:1").code == 1
    assert command("scan", codebase, "-q", "--baseline", saved, "--fail-on", "new:2").code == 0


def test_reports_say_what_changed_since_the_baseline_and_a_saved_analysis_keeps_it(
    command: Command, codebase: Path, tmp_path: Path
) -> None:
    accepted, page, saved, again = (tmp_path / name for name in ("b.txt", "a.html", "a.json", "b.html"))
    command("baseline", codebase, accepted)
    (codebase / "a.cu").write_text(MORE)

    met = command("scan", codebase, "-q", "--baseline", accepted, "--fail-on", "new:1", "-o", page, "-o", saved)
    command("report", saved, "-q", "-o", again)

    text = page.read_text()
    assert met.code == 1
    assert "1 finding that needs somebody on gfx942 is new." in text
    assert "<code>new:1</code></th><td>met</td>" in text
    assert again.read_text() == text


def test_a_gate_that_cannot_be_asked_leaves_the_reports(command: Command, codebase: Path, tmp_path: Path) -> None:
    saved = tmp_path / "a.json"

    outcome = command("scan", codebase, "-q", "--fail-on", "new:1", "-o", saved)

    assert outcome.code == 2
    assert "needs --baseline FILE" in outcome.err
    assert saved.exists()


def test_a_wrong_gate_is_refused_before_anything_is_read(command: Command, tmp_path: Path) -> None:
    outcome = command("scan", tmp_path / "missing", "--fail-on", "speed:1")

    assert outcome.code == 2
    assert "--fail-on 'speed:1' is no gate; expected severity:critical" in outcome.err


def test_a_baseline_of_another_codebase_is_the_users_error(command: Command, codebase: Path, tmp_path: Path) -> None:
    accepted = tmp_path / "accepted.txt"
    command("baseline", codebase, accepted)
    other = tmp_path / "other"
    other.mkdir()
    (other / "z.cu").write_text(MORE)

    outcome = command("scan", other, "-q", "--baseline", accepted)

    assert outcome.code == 2
    assert "the baseline is of another codebase" in outcome.err


def test_the_default_history_is_kept_out_of_git(
    command: Command, codebase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(codebase)

    assert command("scan", ".", "-q", "--record").code == 0

    assert {path.name for path in (codebase / ".portgauge").iterdir()} == {".gitignore", "history.db"}
    assert (codebase / ".portgauge" / ".gitignore").read_text() == "*\n"


def test_a_scan_is_recorded_once(command: Command, codebase: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'deep' / 'history.db'}"

    first = command("scan", codebase, "-q", "--record", "--store", store)
    second = command("scan", codebase, "-q", "--record", "--store", store)

    assert (first.code, second.code) == (0, 0)
    assert "codebase recorded in sqlite:///" in first.err
    assert "codebase was recorded before" in second.err
    assert command("scan", codebase, "-q", "--store", store).code == 2
