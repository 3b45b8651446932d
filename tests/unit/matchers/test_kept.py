"""Facts kept between runs: what is read with them is what is read without."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from portgauge.discovery.tree import Candidate
from portgauge.matchers import files
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.kept import KeptFacts, at_path, matching_digest
from portgauge.matchers.workers import Job
from portgauge.model.analysis import Inventory
from portgauge.model.rule import Confidence
from portgauge.pipeline import take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.rulebook import Rulebook

KERNEL = """#include <cuda_runtime.h>
__global__ void k(int *p) { int lane = threadIdx.x & 31; p[lane] = __shfl_down_sync(~0u, lane, 1); }
void f(int *p) { k<<<1, 32>>>(p); cudaFree(p); cudaFree(p); }
"""


@pytest.fixture
def codebase(tmp_path: Path) -> Path:
    root = tmp_path / "codebase"
    root.mkdir()
    (root / "a.cu").write_text(KERNEL)
    (root / "b.cu").write_text("void g() { cudaDeviceSynchronize(); }\n")
    (root / "CMakeLists.txt").write_text("find_package(CUDAToolkit)\nadd_library(a a.cu b.cu)\n")
    return root


@pytest.fixture
def read_paths(monkeypatch: pytest.MonkeyPatch, without_workers: None) -> list[str]:
    """The files that were read anew, in order."""
    read: list[str] = []
    make_job = files._job

    def noted(candidate: Candidate, *, with_calls: bool) -> Job:
        job = make_job(candidate, with_calls=with_calls)
        read.append(str(job.path))
        return job

    monkeypatch.setattr(files, "_job", noted)
    return read


@pytest.fixture
def inventory_with(rulebook: Rulebook, tmp_path: Path) -> Callable[..., Inventory]:
    """``inventory_with(root)``: taken with the facts that earlier calls kept."""

    def taken(root: Path, *, rulebook: Rulebook = rulebook) -> Inventory:
        kept = KeptFacts(rulebook, folder=tmp_path / "cache")
        return take_inventory(root, rulebook=rulebook, rules_path=rules_folder(), kept=kept)

    return taken


def test_a_warm_scan_reads_nothing_and_finds_the_same(
    codebase: Path, inventory_with: Callable[..., Inventory], read_paths: list[str], rulebook: Rulebook
) -> None:
    without = take_inventory(codebase, rulebook=rulebook, rules_path=rules_folder())
    cold = inventory_with(codebase)
    read_paths.clear()

    warm = inventory_with(codebase)

    assert read_paths == []
    assert cold == without
    assert warm == without


def test_a_warm_scan_reads_only_what_changed(
    codebase: Path, inventory_with: Callable[..., Inventory], read_paths: list[str]
) -> None:
    inventory_with(codebase)
    read_paths.clear()
    (codebase / "b.cu").write_text("void g() { cudaFree(p); }\n")

    warm = inventory_with(codebase)

    assert read_paths == ["b.cu"]
    assert [site.rule_id for site in warm.sites if str(site.path) == "b.cu"] == ["runtime/cudaFree"]


def test_a_renamed_file_is_not_read_again_and_its_sites_name_the_new_path(
    codebase: Path, inventory_with: Callable[..., Inventory], read_paths: list[str], rulebook: Rulebook
) -> None:
    inventory_with(codebase)
    (codebase / "deep").mkdir()
    (codebase / "a.cu").rename(codebase / "deep" / "renamed.cu")
    without = take_inventory(codebase, rulebook=rulebook, rules_path=rules_folder())
    read_paths.clear()

    warm = inventory_with(codebase)

    assert read_paths == []
    assert warm == without


def test_equal_files_of_one_scan_are_read_once(
    codebase: Path, inventory_with: Callable[..., Inventory], read_paths: list[str], rulebook: Rulebook
) -> None:
    (codebase / "copy.cu").write_text(KERNEL)
    without = take_inventory(codebase, rulebook=rulebook, rules_path=rules_folder())
    read_paths.clear()

    found = inventory_with(codebase)

    assert read_paths.count("a.cu") + read_paths.count("copy.cu") == 1
    assert found == without


def test_equal_text_of_another_format_is_read_as_that_format(
    codebase: Path, inventory_with: Callable[..., Inventory], read_paths: list[str], rulebook: Rulebook
) -> None:
    text = "import torch\n# torch==2.4.0+cu121\ntorch==2.4.0+cu121\n"
    for name in ("requirements.txt", "setup.py", "a.py", "environment.yml"):
        (codebase / name).write_text(text)
    without = take_inventory(codebase, rulebook=rulebook, rules_path=rules_folder())

    cold, warm = inventory_with(codebase), inventory_with(codebase)

    assert cold == without
    assert warm == without


def test_damaged_entries_are_read_anew(
    codebase: Path, inventory_with: Callable[..., Inventory], read_paths: list[str], tmp_path: Path
) -> None:
    cold = inventory_with(codebase)
    for entry in (path for path in (tmp_path / "cache").rglob("*") if path.is_file()):
        entry.write_bytes(b"damaged")
    read_paths.clear()

    again = inventory_with(codebase)
    read_again = sorted(read_paths)
    read_paths.clear()
    inventory_with(codebase)

    assert again == cold
    assert (read_again, read_paths) == (["CMakeLists.txt", "a.cu", "b.cu"], [])


def test_a_file_that_changes_while_it_is_read_is_kept_as_what_was_read(
    codebase: Path, inventory_with: Callable[..., Inventory], monkeypatch: pytest.MonkeyPatch, read_paths: list[str]
) -> None:
    digest = KeptFacts.content_digest

    def digest_and_change(kept: KeptFacts, place: str) -> str | None:
        found = digest(kept, place)
        if place.endswith("b.cu"):
            Path(place).write_text("void g() { cudaFree(p); }\n")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(KeptFacts, "content_digest", digest_and_change)
        inventory_with(codebase)
    (codebase / "b.cu").write_text("void g() { cudaDeviceSynchronize(); }\n")

    found = inventory_with(codebase)

    assert [site.match for site in found.sites if str(site.path) == "b.cu"] == ["cudaDeviceSynchronize"]


def test_what_stopped_its_worker_is_tried_anew(
    codebase: Path, inventory_with: Callable[..., Inventory], monkeypatch: pytest.MonkeyPatch, read_paths: list[str]
) -> None:
    make_job = files._job
    with monkeypatch.context() as patch:
        patch.setattr(files, "_job", lambda c, **way: replace(make_job(c, **way), attempts=2, with_tree=False))
        inventory_with(codebase)
    read_paths.clear()

    inventory_with(codebase)

    assert sorted(read_paths) == ["CMakeLists.txt", "a.cu", "b.cu"]


def test_a_changed_price_keeps_what_was_read_and_a_changed_name_does_not(rulebook: Rulebook) -> None:
    runtime = rulebook.tables["runtime"]
    priced = replace(rulebook, effort=replace(rulebook.effort, classes={}))
    quieter = replace(rulebook, tables={**rulebook.tables, "runtime": replace(runtime, judgement=())})
    renamed = replace(
        rulebook, tables={**rulebook.tables, "runtime": replace(runtime, not_matched=frozenset({"cudaFree"}))}
    )
    rule = next(iter(rulebook.patterns.values()))
    surer = Confidence.LOW if rule.confidence is not Confidence.LOW else Confidence.HIGH
    doubted = replace(rulebook, patterns={**rulebook.patterns, rule.id: replace(rule, confidence=surer)})
    digest = matching_digest(rulebook)

    assert matching_digest(priced) == matching_digest(quieter) == digest
    assert digest not in (matching_digest(renamed), matching_digest(doubted))


def test_facts_at_another_path_are_those_of_a_file_read_there(
    scan: Callable[..., FileFacts], rules: CompiledRules
) -> None:
    here = scan(KERNEL, path="a.cu")

    assert at_path(here, PurePosixPath("b/c.cu")) == scan(KERNEL, path="b/c.cu")
    assert {site.fingerprint for site in here.sites}.isdisjoint(
        site.fingerprint for site in at_path(here, PurePosixPath("b/c.cu")).sites
    )
