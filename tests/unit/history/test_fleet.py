"""Many codebases: one row each, whatever happens to it; the same rows on a cluster as on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

import portgauge
from builders import ANALYSED_AT
from portgauge import fleet
from portgauge.cli._executors import executor_of
from portgauge.cli._fleet_list import read_fleet
from portgauge.errors import UserError
from portgauge.fleet import FleetJob, FleetResult, make_portfolio, run_fleet, scan_one
from portgauge.model.portfolio import Portfolio, Wave
from portgauge.pipeline import default_settings
from portgauge.reporting.portfolio_report import portfolio_csv, portfolio_html, portfolio_json
from portgauge.rulebook.rulebook import Rulebook

SMALL = "void f(int *p) { cudaFree(p); }\n"
LARGE = "__global__ void k{n}(int *p) {{ p[threadIdx.x % 32] = __shfl_down_sync(~0u, 1, 1); }}\n"
BLOCKED = "#include <optix.h>\nOptixDeviceContext c;\nvoid f() { optixInit(); optixLaunch(0, 0, 0, 0, 0, 1, 1, 1); }\n"

MakeJobs = Callable[..., list[FleetJob]]


@pytest.fixture
def make_jobs(tmp_path: Path, rulebook: Rulebook) -> MakeJobs:
    """``make_jobs()``: five codebases; one is not there and one is empty."""

    def jobs(worth: dict[str, float] | None = None) -> list[FleetJob]:
        texts = {
            "small": SMALL,
            "large": "".join(LARGE.format(n=n) for n in range(30)),
            "blocked": BLOCKED,
            "empty": "",
        }
        for name, text in texts.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "a.cu").write_text(text)
        return [
            FleetJob(
                name=name,
                path=str(tmp_path / name),
                revision="",
                owner="team",
                worth=(worth or {}).get(name),
                settings=default_settings(rulebook),
                exclude=(),
                own_rules="",
                uses_cache=False,
                analysed_at=ANALYSED_AT,
                formats=("json",),
            )
            for name in (*texts, "missing")
        ]

    return jobs


@pytest.fixture
def portfolio_of(rulebook: Rulebook) -> Callable[..., Portfolio]:
    def made(results: tuple[FleetResult, ...]) -> Portfolio:
        settings = default_settings(rulebook)
        return make_portfolio((r.row for r in results), settings=settings, target="gfx942", sigma=rulebook.effort.sigma)

    return made


def run(jobs: list[FleetJob], make: object) -> tuple[FleetResult, ...]:
    return run_fleet(jobs, make, on_done=lambda _: None)  # type: ignore[arg-type]


def test_a_codebase_that_fails_is_one_row_that_says_why(
    make_jobs: MakeJobs, portfolio_of: Callable[..., Portfolio]
) -> None:
    portfolio = portfolio_of(run(make_jobs(), ThreadPoolExecutor))

    rows = {row.name: row for row in portfolio.rows}
    assert portfolio.rows[-1].name == "missing"
    assert (rows["missing"].wave, rows["missing"].error[:14]) == (Wave.FAILED, "no such folder")
    assert not any(row.error for name, row in rows.items() if name != "missing")
    assert rows["empty"].wave is Wave.ALREADY


def test_the_sums_of_the_waves_are_the_total(make_jobs: MakeJobs, portfolio_of: Callable[..., Portfolio]) -> None:
    portfolio = portfolio_of(run(make_jobs(), ThreadPoolExecutor))

    assert sum(wave.hours.p50 for wave in portfolio.waves) == pytest.approx(portfolio.total.p50)
    assert sum(row.hours.p50 for row in portfolio.rows) == pytest.approx(portfolio.total.p50)
    assert sum(wave.person_months for wave in portfolio.waves) == pytest.approx(portfolio.total.p50 / 160)


def test_worth_per_hour_decides_what_comes_first_else_the_smallest_effort(
    make_jobs: MakeJobs, portfolio_of: Callable[..., Portfolio]
) -> None:
    def first(worth: dict[str, float]) -> list[str]:
        rows = portfolio_of(run(make_jobs(worth), ThreadPoolExecutor)).rows
        return [row.name for row in rows if row.wave is Wave.NOW]

    assert first({}) == ["small", "large"]
    assert first({"large": 1_000_000, "small": 1}) == ["large", "small"]


def test_a_job_that_kills_its_process_costs_that_row_alone(
    make_jobs: MakeJobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import os\nfrom portgauge import fleet\nreal = fleet._analyse\n"
        "def analyse(job):\n    return os._exit(9) if job.name == 'large' else real(job)\n"
        "fleet._analyse = analyse\n"
    )
    paths = (tmp_path / "site", Path(portgauge.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, paths)))

    results = run(make_jobs(), lambda: ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")))

    errors = {result.row.name: result.row.error for result in results}
    assert errors["large"] == "it stopped the process that scanned it, twice; nothing is known of it"
    assert [name for name, error in errors.items() if not error] == ["small", "blocked", "empty"]


def test_a_fault_of_ours_in_one_codebase_is_said_in_its_row(
    make_jobs: MakeJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: FleetJob) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(fleet, "_analyse", broken)

    assert scan_one(make_jobs()[0]).row.error == "a fault of portgauge: ValueError: no such thing"


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A Dask scheduler and two workers on loopback: their address and the processes of the workers."""
    pytest.importorskip("distributed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(Path(portgauge.__file__).parents[1])}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    dask = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard")
    processes = [subprocess.Popen((*dask, "--port", str(port)), **quiet)]  # type: ignore[call-overload]
    worker = (sys.executable, "-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--no-dashboard")
    options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--death-timeout", "60")
    for _ in range(2):
        processes.append(subprocess.Popen((*worker, *options), **quiet))  # type: ignore[call-overload]
    try:
        from distributed import Client

        with Client(f"tcp://127.0.0.1:{port}", timeout=60) as client:
            client.wait_for_workers(2, timeout=90)
        yield f"dask://127.0.0.1:{port}", processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_a_cluster_gives_the_same_rows_and_reports_as_this_machine(
    make_jobs: MakeJobs, cluster: tuple[str, list["subprocess.Popen[bytes]"]]
) -> None:
    jobs = make_jobs()

    there = run(jobs, executor_of(cluster[0], processes=1))
    here = run(jobs, executor_of(None, processes=2))

    assert there == here
    assert there[0].reports[0][1].startswith(b"{")


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(
    make_jobs: MakeJobs, cluster: tuple[str, list["subprocess.Popen[bytes]"]]
) -> None:
    address, workers = cluster
    jobs = [replace(job, name=f"{job.name} {number}") for number in range(6) for job in make_jobs()[:3]]
    done: list[str] = []

    def kill_one(result: FleetResult) -> None:
        done.append(result.row.name)
        if len(done) == 2:
            workers[0].send_signal(signal.SIGKILL)

    results = run_fleet(jobs, executor_of(address, processes=1), on_done=kill_one)

    assert workers[0].wait(timeout=10) == -signal.SIGKILL
    assert [result.row.name for result in results] == [job.name for job in jobs]
    assert not any(result.row.error for result in results)
    assert sorted(done) == sorted(job.name for job in jobs)


def test_an_address_without_a_scheduler_is_refused(make_jobs: MakeJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("portgauge.cli._executors._CONNECT_SECONDS", 1)
    start = time.monotonic()

    with pytest.raises(UserError, match="no scheduler answers there"):
        run(make_jobs(), executor_of("dask://127.0.0.1:1", processes=1))
    with pytest.raises(UserError, match="expected dask://HOST:PORT"):
        executor_of("ray://x", processes=1)

    assert time.monotonic() - start < 30


def test_every_form_shows_hostile_names_as_text(make_jobs: MakeJobs, portfolio_of: Callable[..., Portfolio]) -> None:
    jobs = [replace(make_jobs()[0], name='=cmd()<script>"')]
    portfolio = portfolio_of(run(jobs, ThreadPoolExecutor))

    page = portfolio_html(portfolio, links={jobs[0].name: 'r/"onclick=x".html'}).decode()

    assert "<script>" not in page
    assert 'href="r/%22onclick' in page
    assert portfolio_csv(portfolio).decode().split("\n")[1].startswith("\"'=cmd()")
    assert b"=cmd()<script>" in portfolio_json(portfolio)


def test_a_list_names_codebases_with_worth_and_owner(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("path,name,worth,owner\na,,10.5,x\nb,a,,\n")

    first, second = read_fleet(tmp_path / "list.csv")

    assert (first.name, first.path, first.worth, first.owner) == ("a", tmp_path / "a", 10.5, "x")
    assert (second.name, second.worth) == ("a (2)", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nx\n", ":1: there is no column path"),
        ("path,speed\nx,1\n", ":1: found 'speed'"),
        ("path,worth\nx,much\n", ":2: worth is 'much'; expected a number"),
        ("path\n,\n", ":2: expected a path"),
        ("path\n", "no codebase in it"),
        ("\x00\xff", "expected a first line with path"),
    ],
)
def test_a_wrong_list_is_refused_at_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "list.csv").write_bytes(text.encode("latin-1"))

    with pytest.raises(UserError) as refused:
        read_fleet(tmp_path / "list.csv")

    assert said in str(refused.value)
