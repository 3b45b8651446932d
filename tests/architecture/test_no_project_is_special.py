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
    with (LABELS / "real_ports.csv").open(newline="") as file:
        names.update(row["folder"].lower() for row in csv.DictReader(file))
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
    options = [(str(file.path), file.options) for file in analysis.inventory.files]
    layers = [(layer.id, layer.sites_covered) for layer in analysis.layers]
    return verdicts, findings, options, layers, [(each.target, each.mode, each.total) for each in analysis.estimates]


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which a build option of Meson and one of CMake switch CUDA code."""
    root = tmp_path_factory.mktemp("switched")
    kernel = "#include <cuda_runtime.h>\n__global__ void k(float *x) { x[threadIdx.x % 32] = 1; }\n"
    files = {
        "meson.build": "project('first', 'cpp')\ns = ['a.cu']\n"
        "if get_option('fast')\n s += 'b.cu'\nendif\nlibrary('l', s)\n",
        "meson_options.txt": "option('fast', type: 'boolean')\n",
        "tool/CMakeLists.txt": 'project(first CUDA)\noption(WITH_FAST "" OFF)\nadd_library(t c.cu)\n'
        "if(WITH_FAST)\n target_sources(t PRIVATE d.cu)\nendif()\n",
        **dict.fromkeys(("a.cu", "tool/c.cu"), kernel),
        **dict.fromkeys(("b.cu", "tool/d.cu"), "#include <cutlass/cutlass.h>\n" + kernel),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("sample", ["cmake-library", "torch-extension", "switched"])
@pytest.mark.parametrize("name", ["lc0", "CTranslate2"])
def test_a_renamed_checkout_comes_out_the_same(sample: str, name: str, tmp_path: Path, switched: Path) -> None:
    source = switched if sample == "switched" else ROOT / "samples" / sample
    renamed = tmp_path / name
    shutil.copytree(source, tmp_path / "first")
    shutil.copytree(source, renamed)
    changed = 0
    for build in ("CMakeLists.txt", "meson.build", "setup.py", "pyproject.toml"):
        for path in renamed.rglob(build):
            text = path.read_text(encoding="utf-8")
            new = re.sub(r"(?m)(^project\('?|\bname ?= ?\")[\w.-]+", rf"\g<1>{name}", text)
            changed += new != text
            path.write_text(new, encoding="utf-8")

    first = analyse(tmp_path / "first")
    assert changed
    if sample == "switched":
        assert [str(f.path) for f in first.inventory.files if f.options] == ["b.cu", "tool/d.cu"]
    assert outline(first) == outline(analyse(renamed))
