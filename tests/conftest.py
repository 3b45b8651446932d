"""What many tests start from: the shipped rulebook, and code scanned within this process."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import pytest

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts, own_sites
from portgauge.matchers.reading import read_file
from portgauge.matchers.scan import scan_file
from portgauge.matchers.workers import Job
from portgauge.model.analysis import Inventory
from portgauge.model.finding import Site
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected files of tests/golden")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's cache out of the tests; worker processes and commands inherit it."""
    folder = tmp_path_factory.mktemp("portgauge-cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTGAUGE_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The shipped rules."""
    return load_rulebook(rules_folder())


@pytest.fixture(scope="session")
def rules(rulebook: Rulebook) -> CompiledRules:
    """The shipped rules, ready to match files."""
    return CompiledRules(rulebook)


@pytest.fixture(scope="session")
def scan(rules: CompiledRules) -> Callable[..., FileFacts]:
    """``scan(code, path=, language=, with_tree=)``: one file matched in this process."""

    def scan_code(
        code: str | bytes, *, path: str = "kernel.cu", language: str = "cuda", with_tree: bool = True
    ) -> FileFacts:
        data = code.encode() if isinstance(code, str) else code
        return scan_file(PurePosixPath(path), data, language=language, rules=rules, with_tree=with_tree)

    return scan_code


@pytest.fixture(scope="session")
def sites_in(scan: Callable[..., FileFacts]) -> Callable[..., list[Site]]:
    """``sites_in(code, ...)``: its sites, as the pipeline counts them: without names that the code defines itself."""

    def sites(code: str | bytes, **options: object) -> list[Site]:
        return list(own_sites([scan(code, **options)]))

    return sites


@pytest.fixture(scope="session")
def found(sites_in: Callable[..., list[Site]]) -> Callable[..., list[str]]:
    """``found(rule_id, code, ...)``: the texts that the rule matched, in source order."""

    def texts(rule_id: str, code: str | bytes, **options: object) -> list[str]:
        return [site.match for site in sites_in(code, **options) if site.rule_id == rule_id]

    return texts


@pytest.fixture
def without_workers(monkeypatch: pytest.MonkeyPatch, rules: CompiledRules) -> None:
    """Let the pipeline match files in this process, in the order in which it hands them over."""

    class InProcess:
        def __init__(self, **_: object) -> None:
            pass

        def run(self, jobs: Sequence[Job], *, on_done: Callable[[Job, FileFacts], None]) -> None:
            for job in jobs:
                facts = read_file(job.path, job.place, language=job.language, rules=rules, with_tree=job.with_tree)
                on_done(job, facts)

    monkeypatch.setattr("portgauge.pipeline.WorkerPool", InProcess)


@pytest.fixture
def take(tmp_path: Path, without_workers: None, rulebook: Rulebook) -> Callable[..., Inventory]:
    """``take({"a.cu": "...", ...})``: the inventory of a codebase of these files."""
    from portgauge.pipeline import take_inventory

    def inventory_of(files: dict[str, str | bytes]) -> Inventory:
        root = tmp_path / "codebase"
        shutil.rmtree(root, ignore_errors=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return take_inventory(root, rulebook=rulebook, rules_path=rules_folder())

    return inventory_of
