"""Files matched in worker processes: one that stops its worker costs that file, and is named."""

import os
from pathlib import Path, PurePosixPath

import pytest

import portgauge
from portgauge.matchers import workers
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.reading import read_file
from portgauge.matchers.workers import Job, WorkerPool
from portgauge.model.component import Reading
from portgauge.resources import rules_folder

# Read by each worker when it starts, so that a file's name decides what reading it does.
HOSTILE = """
import os, time
from portgauge.matchers import reading

read_file = reading.read_file

def read_or_fail(path, place, *, language, rules, with_tree, **way):
    if path.stem == "dies" or (path.stem == "dies-when-parsed" and with_tree):
        os._exit(1)
    if path.stem == "hangs":
        time.sleep(600)
    if path.stem == "grows":
        return bytearray(3 * 1024**3)
    if path.stem == "fails":
        raise ValueError("no such thing")
    return read_file(path, place, language=language, rules=rules, with_tree=with_tree, **way)

reading.read_file = read_or_fail
"""
NAMES = ("a", "dies", "b", "dies-when-parsed", "hangs", "c", "grows", "fails", "d")
SOUND = ("a", "b", "c", "d")


def job(path: Path) -> Job:
    return Job(path=PurePosixPath(path.name), place=str(path), language="cuda", byte_count=path.stat().st_size)


def run_pool(jobs: list[Job], *, worker_count: int, rules: Path | None = None) -> list[FileFacts]:
    done: list[FileFacts] = []
    pool = WorkerPool(rules_folder=rules or rules_folder(), tool_version="test", worker_count=worker_count)
    pool.run(jobs, on_done=lambda _, facts: done.append(facts))
    return done


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileFacts]:
    """What became of each file of a folder that holds every kind of hostile file."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "sitecustomize.py").write_text(HOSTILE)
    for name in NAMES:
        (folder / f"{name}.cu").write_text("void f() { cudaFree(p); }\n")
    with pytest.MonkeyPatch.context() as patch:
        package = Path(portgauge.__file__).parents[1]
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(package)]))
        patch.setattr(workers, "FILE_DEADLINE_SECONDS", 2.0)
        done = run_pool([job(folder / f"{name}.cu") for name in NAMES], worker_count=2)
    assert sorted(facts.path.stem for facts in done) == sorted(NAMES)
    return {facts.path.stem: facts for facts in done}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dies", "it stopped the process that read it, even without parsing"),
        ("grows", "it stopped the process that read it, even without parsing"),
        ("hangs", "reading it took more than 2 seconds, even without parsing"),
        ("fails", "matching failed, a fault of portgauge (ValueError: no such thing); nothing of it counts"),
    ],
)
def test_a_file_that_stops_its_worker_is_named(name: str, reason: str, read: dict[str, FileFacts]) -> None:
    (problem,) = read[name].problems

    assert (read[name].reading, read[name].is_cuda) == (Reading.NOT_READ, True)
    assert problem.path == PurePosixPath(f"{name}.cu")
    assert reason in problem.reason


@pytest.mark.parametrize("name", SOUND)
def test_the_rest_of_its_batch_is_read_all_the_same(name: str, read: dict[str, FileFacts]) -> None:
    assert read[name].reading is Reading.PARSED
    assert [site.match for site in read[name].sites] == ["cudaFree"]
    assert read[name].problems == ()


def test_a_file_that_only_the_grammar_does_not_survive_is_read_by_the_lexer(read: dict[str, FileFacts]) -> None:
    facts = read["dies-when-parsed"]

    assert facts.reading is Reading.LEXED
    assert [site.match for site in facts.sites] == ["cudaFree"]
    assert "it stopped the parser" in facts.problems[0].reason


def test_many_files_come_back_once_each_and_as_in_one_process(tmp_path: Path, rules: CompiledRules) -> None:
    jobs = []
    for number in range(40):
        path = tmp_path / f"{number}.cu"
        path.write_text(f"void f{number}() {{ {'cudaFree(p);' * number} }}\n" + "// filling\n" * 2_000)
        jobs.append(job(path))

    done = run_pool(jobs, worker_count=2)

    assert sorted(done, key=lambda facts: facts.path) == sorted(
        (read_file(j.path, j.place, language="cuda", rules=rules, with_tree=True) for j in jobs),
        key=lambda facts: facts.path,
    )


def test_workers_that_cannot_start_are_no_empty_result(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.cu"
    path.write_text("int a;")

    with pytest.raises(RuntimeError, match="could not start"):
        run_pool([job(path)], worker_count=1, rules=tmp_path / "no-rules")


def test_no_files_need_no_worker() -> None:
    assert run_pool([], worker_count=2) == []


# Reading one file ------------------------------------------------------------------------------------


def test_a_pipe_that_took_the_place_of_a_file_is_not_waited_for(tmp_path: Path, rules: CompiledRules) -> None:
    os.mkfifo(tmp_path / "a.cu")

    facts = read_file(PurePosixPath("a.cu"), str(tmp_path / "a.cu"), language="cuda", rules=rules, with_tree=True)

    assert facts.reading is Reading.NOT_READ
    assert "no regular file" in facts.problems[0].reason


def test_a_file_that_went_away_is_named(tmp_path: Path, rules: CompiledRules) -> None:
    facts = read_file(PurePosixPath("a.cu"), str(tmp_path / "a.cu"), language="cuda", rules=rules, with_tree=True)

    assert facts.problems[0].reason == "cannot be read: No such file or directory"
