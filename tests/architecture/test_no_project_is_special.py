"""What a codebase is called decides nothing.

No labelled project is named in code or in the rules that judge, and a renamed checkout comes out the same.
"""

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portgauge.model.analysis import Analysis
from portgauge.pipeline import analyse

ROOT = Path(__file__).resolve().parents[2]
LABELS = ROOT / "tests" / "accuracy" / "truth"
JUDGING = (
    *sorted((ROOT / "rules" / "patterns" / "layer").glob("*.yaml")),
    ROOT / "rules" / "vendors.yaml",
    ROOT / "rules" / "blockers.yaml",
)


def labelled_projects() -> frozenset[str]:
    """Return the names of all projects with a label, in lower case; one of two letters is many other things too."""
    names = set()
    for path in LABELS.glob("moat_*.csv"):
        with path.open(newline="") as file:
            for row in csv.DictReader(line for line in file if not line.startswith("#")):
                names.add(row["project"].lower())
    return frozenset(name for name in names if len(name) > 2)


def libraries() -> frozenset[str]:
    """Return the names of libraries and packages that a codebase may depend on."""
    names = set()
    for table in ("libraries/libraries.csv", "python/packages.csv"):
        with (ROOT / "rules" / table).open(newline="") as file:
            names |= {row[0].lower() for row in csv.reader(file)}
    return frozenset(names)


def named_in(path: Path, names: frozenset[str]) -> Iterator[str]:
    """Yield the names that stand in a file as words of their own."""
    for word in sorted(set(re.findall(r"[\w-]+", path.read_text(encoding="utf-8").lower())) & names):
        yield f"{path.relative_to(ROOT)}: {word}"


def test_no_labelled_project_is_named_in_the_code() -> None:
    projects = labelled_projects()

    assert len(projects) > 50
    assert [hit for path in sorted((ROOT / "analyzer").rglob("*.py")) for hit in named_in(path, projects)] == []


def test_no_labelled_project_is_named_where_verdicts_layers_and_blockers_are_made() -> None:
    projects = labelled_projects() - libraries()

    assert [hit for path in JUDGING for hit in named_in(path, projects)] == []


def outline(analysis: Analysis) -> tuple[object, ...]:
    """Return what an analysis says, apart from what things are called."""
    verdicts = [
        (each.target, each.word, each.grade, [blocker.blocker_class for blocker in each.blockers], each.obstacles)
        for each in analysis.verdicts
    ]
    findings = [
        (str(each.site.path), each.site.location.line, each.site.rule_id, each.target, each.severity, each.covered_by)
        for each in analysis.findings
    ]
    layers = [(layer.id, layer.sites_covered) for layer in analysis.layers]
    return verdicts, findings, layers, [(each.target, each.mode, each.total) for each in analysis.estimates]


@pytest.mark.parametrize("sample", ["cmake-library", "torch-extension"])
def test_a_renamed_checkout_comes_out_the_same(sample: str, tmp_path: Path) -> None:
    source = ROOT / "samples" / sample
    renamed = tmp_path / "lc0"
    shutil.copytree(source, tmp_path / "first")
    shutil.copytree(source, renamed)
    changed = 0
    for path in (*renamed.rglob("CMakeLists.txt"), *renamed.rglob("setup.py"), *renamed.rglob("pyproject.toml")):
        text = path.read_text(encoding="utf-8")
        new = re.sub(r"(?m)(^project\(|\bname ?= ?\")[\w.-]+", r"\1lc0", text)
        changed += new != text
        path.write_text(new, encoding="utf-8")

    assert changed
    assert outline(analyse(tmp_path / "first")) == outline(analyse(renamed))
