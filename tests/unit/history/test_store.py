"""The store of a history: once, whole, and never lost."""

import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import portgauge
from portgauge.errors import UserError
from portgauge.history import store as store_module
from portgauge.history.store import HistoryStore
from portgauge.history.trend import make_trend, recorded_curve
from portgauge.model.estimate import Block
from portgauge.model.snapshot import ComponentFigures, Mark, Snapshot, TargetFigures

KILLS = 100
BORN = datetime(2026, 1, 1, tzinfo=UTC)
POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def make_figures(**changes: Any) -> TargetFigures:
    values: dict[str, Any] = {
        "target": "gfx942",
        "hours_p50": 10.0,
        "hours_p90": 25.0,
        "blocks_p50": ((Block.CHANGE, 6.0), (Block.VERIFY, 4.0), (Block.TUNE, 0.0), (Block.UPSTREAM, 0.0)),
        "verdict": "portable",
        "grade": "B",
        "portability": 40,
        "covered": 1,
        "open": 3,
    }
    return TargetFigures(**(values | changes))


def make_snapshot(number: int = 0, **changes: Any) -> Snapshot:
    values: dict[str, Any] = {
        "codebase": "solver",
        "revision": f"{number:040x}",
        "label": f"v{number}",
        "committed_at": BORN + timedelta(days=30 * number),
        "analysed_at": BORN + timedelta(days=1000, seconds=number),
        "dirty": False,
        "content_digest": f"{number:064x}",
        "tool_version": "0.1.0",
        "rulebook_digest": "a" * 64,
        "knowledge_date": date(2025, 8, 4),
        "settings": '{"rocm_version": "10.0", "targets": ["gfx942"]}',
        "mode": "hipify",
        "cuda_files": 2,
        "cuda_lines": 100,
        "kernels": 3,
        "read_share": 1.0,
        "targets": (make_figures(), make_figures(target="gfx1100", grade="", portability=None)),
        "components": (ComponentFigures(name="src", hours_p50=10.0),),
        "finding_keys": tuple(f"{each:020x}" for each in range(number, number + 4)),
    }
    return Snapshot(**(values | changes))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'history.db'}"


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server, started for this module."""
    if POSTGRES is None or not shutil.which("initdb", path=str(POSTGRES)):
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    pytest.importorskip("psycopg")
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    folder = Path("/tmp") / f"portgauge-postgresql-{os.getpid()}"
    folder.mkdir()
    run: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    if os.getuid() == 0:
        shutil.chown(folder, user)
        run["user"] = user
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run((POSTGRES / "initdb", "-D", folder / "data", "-A", "trust", "-U", user, "--no-sync"), **run)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = (POSTGRES / "pg_ctl", "-D", folder / "data", "-w")
    subprocess.run((*control, "-o", options, "-l", folder / "log", "start"), **run)
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run((*control, "-m", "immediate", "stop"), **run)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'history.db'}"
        return
    yield request.getfixturevalue("postgresql")
    from sqlalchemy import create_engine

    engine = create_engine(request.getfixturevalue("postgresql").replace("://", "+psycopg://"))
    store_module.tables.metadata.drop_all(engine)
    engine.dispose()


def test_a_snapshot_comes_back_as_it_was_recorded(any_url: str) -> None:
    first, second = make_snapshot(1), make_snapshot(0, components=(), label="", committed_at=None, revision=None)
    with HistoryStore(any_url) as store:
        store.record(first)
        store.record(second)

    with HistoryStore(any_url) as store:
        assert store.snapshots("solver") == (first, second)
        assert store.snapshots("other") == ()
        assert store.codebases() == ("solver",)


def test_recording_is_idempotent(any_url: str) -> None:
    with HistoryStore(any_url) as store:
        answers = [store.record(make_snapshot(0, analysed_at=BORN + timedelta(hours=hour))) for hour in range(3)]

        assert answers == [True, False, False]
        assert len(store.snapshots("solver")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"codebase": "other"},
        {"revision": "f" * 40},
        {"content_digest": "f" * 64},
        {"settings": "{}"},
        {"rulebook_digest": "b" * 64},
        {"tool_version": "0.2.0"},
    ],
)
def test_anything_that_makes_another_figure_is_another_snapshot(url: str, changes: dict[str, Any]) -> None:
    with HistoryStore(url) as store:
        assert store.record(make_snapshot(0))
        assert store.record(replace(make_snapshot(0), **changes))


def test_writers_at_the_same_time_lose_nothing_and_record_once(any_url: str) -> None:
    HistoryStore(any_url).close()
    answers: list[bool] = []

    def write() -> None:
        with HistoryStore(any_url) as store:
            answers.extend(store.record(make_snapshot(number)) for number in range(10))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with HistoryStore(any_url) as store:
        assert len(store.snapshots("solver")) == 10
    assert (answers.count(True), len(answers)) == (10, 40)


def test_killed_writers_lose_nothing_that_was_recorded(url: str, tmp_path: Path) -> None:
    said = tmp_path / "said"
    code = (
        "import sys\n"
        f"sys.path[:0] = [{str(Path(portgauge.__file__).parents[1])!r}, {str(Path(__file__).parent)!r}]\n"
        "from test_store import HistoryStore, make_snapshot\n"
        f"store = HistoryStore({url!r})\n"
        f"said = open({str(said)!r}, 'a', buffering=1)\n"
        "print('ready', flush=True)\n"
        "start = int(sys.argv[1]) * 10_000\n"
        "for number in range(start, start + 10_000):\n"
        "    store.record(make_snapshot(number))\n"
        "    print(number, file=said)\n"
    )
    before = 0
    for kill in range(KILLS // 10):
        writer = subprocess.Popen((sys.executable, "-c", code, str(kill)), stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003 * (kill % 7) + 0.03)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with HistoryStore(url) as store:
            found = {snapshot.label for snapshot in store.snapshots("solver")}
        recorded = {f"v{line}" for line in said.read_text().split("\n")[:-1]}
        assert recorded <= found
        assert before <= len(found)
        before = len(found)
    assert before > 1


@pytest.mark.slow
def test_a_hundred_killed_writers_lose_nothing_that_was_recorded(url: str, tmp_path: Path) -> None:
    for round_ in range(10):
        folder = tmp_path / str(round_)
        folder.mkdir()
        test_killed_writers_lose_nothing_that_was_recorded(f"sqlite:///{folder / 'history.db'}", folder)


def test_a_store_that_stays_locked_says_so_and_records_nothing(url: str, tmp_path: Path) -> None:
    with HistoryStore(url, wait_seconds=0.2) as store:
        other = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="another process is writing to it"):
            store.record(make_snapshot(0))
        other.execute("ROLLBACK")
        other.close()

        assert store.record(make_snapshot(0))


def test_a_full_disk_says_so_and_keeps_what_was_recorded(url: str) -> None:
    with HistoryStore(url) as store:
        store.record(make_snapshot(0))
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        from sqlalchemy import event

        @event.listens_for(store._engine, "begin")
        def limit(connection: Any) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        many = tuple(f"{each:020x}" for each in range(50_000))
        with pytest.raises(UserError, match="the disk is full; nothing was recorded"):
            store.record(make_snapshot(1, finding_keys=many))

        assert [snapshot.label for snapshot in store.snapshots("solver")] == ["v0"]


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be looked at" * 10, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_damaged_store_says_what_to_do_and_is_left_alone(url: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "history.db").write_bytes(content)

    with pytest.raises(UserError, match=r"damaged or no database .* move it away"):
        HistoryStore(url)

    assert (tmp_path / "history.db").read_bytes() == content


def test_a_store_that_lost_a_table_says_what_to_do(url: str, tmp_path: Path) -> None:
    with HistoryStore(url) as store:
        store.record(make_snapshot(0))
    other = sqlite3.connect(tmp_path / "history.db")
    other.execute("DROP TABLE portgauge_snapshot")
    other.close()

    with HistoryStore(url) as store, pytest.raises(UserError, match=r"no such table.* move it away and record anew"):
        store.snapshots("solver")


def test_a_folder_in_place_of_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="this is a folder; expected the name of a file"):
        HistoryStore(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("disk I/O error", "the disk may be full or damaged; nothing was recorded"),
        ("connection failed: Connection refused", "check the address, and that the server runs"),
    ],
)
def test_what_a_database_complains_about_comes_with_advice(said: str, advice: str) -> None:
    assert advice in store_module._said(OperationalError("", {}, Exception(said)))


def test_a_store_of_a_newer_version_is_refused_and_left_alone(any_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "SCHEMA_VERSION", 7)
        with HistoryStore(any_url) as store:
            store.record(make_snapshot(0))

    with pytest.raises(UserError, match=r"made by a newer portgauge \(schema 7; this one reads 1\)"):
        HistoryStore(any_url)


def test_an_older_store_is_brought_up_to_date_with_all_that_is_in_it(
    any_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HistoryStore(any_url) as store:
        store.record(make_snapshot(0))
    monkeypatch.setattr(store_module, "SCHEMA_VERSION", 3)
    steps = {
        1: ("ALTER TABLE portgauge_snapshot ADD COLUMN note TEXT",),
        2: ("UPDATE portgauge_snapshot SET note = 'old'",),
    }
    monkeypatch.setattr(store_module, "_MIGRATIONS", steps)

    with HistoryStore(any_url) as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT note FROM portgauge_snapshot").scalars().all() == ["old"]
        assert connection.exec_driver_sql("SELECT version FROM portgauge_schema").scalar() == 3
    with HistoryStore(any_url) as store:
        assert len(store.snapshots("solver")) == 1


def test_a_migration_that_fails_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with HistoryStore(url) as store:
        store.record(make_snapshot(0))
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "SCHEMA_VERSION", 2)
        patch.setattr(
            store_module,
            "_MIGRATIONS",
            {1: ("ALTER TABLE portgauge_snapshot ADD COLUMN note TEXT", "UPDATE no_such_table SET x = 1")},
        )
        with pytest.raises(UserError, match="no such table"):
            HistoryStore(url)

    with HistoryStore(url) as store:
        assert len(store.snapshots("solver")) == 1
        with store._engine.connect() as connection:
            columns = connection.exec_driver_sql("SELECT * FROM portgauge_snapshot").keys()
        assert "note" not in columns


@pytest.mark.parametrize("address", ["history.db", "mysql://host/db", "", "postgresql://h:port/x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UserError, match="expected sqlite:///FILE or postgresql://"):
        HistoryStore(address)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(UserError) as refused:
        HistoryStore("postgresql://me:secret@127.0.0.1:1/x")

    assert "secret" not in str(refused.value)
    assert "postgresql://me:***@127.0.0.1:1/x: " in str(refused.value)


def test_a_history_that_was_never_begun_is_not_made_by_looking(url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no history yet; record one with"):
        HistoryStore(url, must_exist=True)

    assert list(tmp_path.iterdir()) == []


def test_a_trend_counts_what_came_and_went_between_points() -> None:
    trend = make_trend([make_snapshot(0), make_snapshot(1), make_snapshot(3)])

    assert [(step.added, step.fixed) for step in trend.steps] == [(0, 0), (1, 1), (2, 2)]
    assert [step.figures.covered_share for step in trend.steps] == [0.25, 0.25, 0.25]


def test_points_after_a_change_of_rules_tool_or_settings_are_marked() -> None:
    rules = make_snapshot(1, rulebook_digest="b" * 64)
    tool = replace(rules, tool_version="0.2.0", content_digest="c")
    targets = replace(tool, settings='{"rocm_version": "10.0", "targets": ["gfx942", "gfx90a"]}')
    settings = replace(targets, settings='{"rocm_version": "9.0", "targets": ["gfx942"]}')

    trend = make_trend([make_snapshot(0), rules, tool, targets, settings])

    assert [step.marks for step in trend.steps] == [(), (Mark.KNOWLEDGE,), (Mark.TOOL,), (), (Mark.SETTINGS,)]
    assert "neither progress nor its opposite" in trend.notes[0]


def test_snapshots_of_another_way_of_working_make_no_curve() -> None:
    trend = make_trend([make_snapshot(0, mode="agent"), make_snapshot(1)])

    assert [step.snapshot.label for step in trend.steps] == ["v1"]
    assert "1 snapshots for another GPU or way of working are left out" in trend.notes[0]


def test_churn_is_what_comes_in_a_year_as_a_share_of_what_stands() -> None:
    trend = make_trend([make_snapshot(number) for number in range(13)])

    # One finding of four comes every 30 days.
    assert trend.churn_per_year == pytest.approx(365.25 / 30 / 4)
    assert make_trend([make_snapshot(0)]).churn_per_year is None


def test_the_curve_of_a_report_ends_with_its_scan_and_marks_a_change_of_rules() -> None:
    now = make_snapshot(2, rulebook_digest="b" * 64, targets=(make_figures(hours_p50=7.0),))
    same_commit = replace(now, settings='{"rocm_version": "9.0"}', targets=(make_figures(hours_p50=99.0),))
    later, other_mode = make_snapshot(3), make_snapshot(0, mode="agent")

    curve = recorded_curve([other_mode, make_snapshot(1), now, same_commit, later], now=now)

    assert [(point.label, point.hours_p50, point.marks) for point in curve] == [
        ("v1", 10.0, ()),
        ("v2", 7.0, (Mark.KNOWLEDGE,)),
    ]
    assert recorded_curve([now, same_commit, later], now=now) == ()


def test_the_curve_of_a_report_has_the_newest_points_of_a_long_history() -> None:
    curve = recorded_curve([make_snapshot(number) for number in range(250)], now=make_snapshot(250))

    assert (len(curve), curve[0].label, curve[-1].label) == (200, "v51", "v250")


def test_components_are_shown_only_for_the_gpu_that_they_were_kept_for() -> None:
    snapshots = [make_snapshot(0), make_snapshot(1, components=(ComponentFigures(name="src", hours_p50=12.0),))]

    assert [mover.name for mover in make_trend(snapshots).movers] == ["src", "the codebase as a whole"]
    other = make_trend(snapshots, target="gfx1100")
    assert other.movers == ()
    assert "Hours by component are kept for the first GPU of a scan; for gfx1100 there are none here." in other.notes
