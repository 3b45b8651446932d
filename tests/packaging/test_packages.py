"""What travels in the packages: built, installed in fresh environments and run far from the checkout."""

import json
import os
import subprocess
import sys
import tarfile
import venv
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = ("rules", "report_templates")
NOT_OURS = ("rules", "report_templates", "tests", "samples", "analyzer")

# One worker builds and installs once for all of these.
pytestmark = pytest.mark.xdist_group("packaging")


def run(*words: str | Path, cache: Path, cwd: Path = Path("/")) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    environment["PORTGAUGE_CACHE"] = str(cache)
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Installed:
    """A fresh environment with one package file and what it depends on."""

    def __init__(self, folder: Path, package: Path) -> None:
        venv.create(folder, with_pip=True)
        self.bin = folder / "bin"
        self.cache = folder / "cache"
        run(self.bin / "pip", "install", "--quiet", "--no-input", package, cache=self.cache)

    @property
    def site_packages(self) -> Path:
        said = self.python("import sysconfig; print(sysconfig.get_path('purelib'))")
        return Path(said.strip())

    def python(self, code: str) -> str:
        return run(self.bin / "python", "-c", code, cache=self.cache)

    def files(self) -> set[str]:
        """Return the files of our package and its record, below site-packages."""
        root = self.site_packages
        found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        return {path.as_posix() for path in found if path.parts[0] == "portgauge" and "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of the checkout, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, CHECKOUT, cache=folder / "cache")
    return folder


@pytest.fixture(scope="module")
def from_wheel(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    (wheel,) = packages.glob("*.whl")
    return Installed(tmp_path_factory.mktemp("wheel"), wheel)


@pytest.fixture(scope="module")
def from_sdist(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    (sdist,) = packages.glob("*.tar.gz")
    return Installed(tmp_path_factory.mktemp("sdist"), sdist)


def importable(python: Sequence[str | Path], cache: Path) -> list[str]:
    code = f"from importlib.util import find_spec; print(*(name for name in {NOT_OURS} if find_spec(name)))"
    return run(*python, "-c", code, cache=cache).split()


@pytest.mark.slow
def test_the_wheel_scans_a_sample_from_anywhere(from_wheel: Installed, tmp_path: Path) -> None:
    sample = CHECKOUT / "samples" / "cmake-library"
    html, as_json = tmp_path / "x.html", tmp_path / "x.json"

    run(from_wheel.bin / "portgauge", "scan", sample, "-o", html, "-o", as_json, cache=from_wheel.cache)

    analysis = json.loads(as_json.read_text())
    lane_index = [site for site in analysis["findings"] if site["rule"] == "warp/lane-index-literal"]
    assert "src/reduce.cuh" in {site["path"] for site in lane_index}
    assert "fieldstat_covariance" in html.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("folder", SHIPPED)
def test_the_wheel_holds_the_shipped_folders_once_and_unchanged(from_wheel: Installed, folder: str) -> None:
    def texts(root: Path) -> dict[str, bytes]:
        paths = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    inside = from_wheel.site_packages / "portgauge" / "_data" / folder

    assert texts(inside) == texts(CHECKOUT / folder)


@pytest.mark.slow
def test_the_wheel_puts_nothing_beside_the_package(from_wheel: Installed) -> None:
    code = "from importlib.metadata import files; print(*sorted({p.parts[0] for p in files('portgauge')}))"
    tops = from_wheel.python(code).split()

    assert [top for top in tops if not top.endswith(".dist-info")] == ["..", "portgauge"]  # "..": bin/portgauge
    assert {Path(name).parts[1] for name in from_wheel.files()} >= {"_data", "cli", "py.typed"}
    assert importable([from_wheel.bin / "python"], from_wheel.cache) == []


@pytest.mark.slow
def test_the_sdist_installs_the_same_files_as_the_wheel(from_wheel: Installed, from_sdist: Installed) -> None:
    assert from_sdist.files() == from_wheel.files()


@pytest.mark.slow
def test_the_sdist_holds_what_is_needed_to_test_it(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}

    assert tops - {".gitignore", "PKG-INFO"} == {
        "README.md", "pyproject.toml", "analyzer", "rules", "report_templates", "samples", "tests"
    }  # fmt: skip


def test_an_editable_install_leaves_no_copies_and_no_names(tmp_path: Path) -> None:
    origin = json.loads(distribution("portgauge").read_text("direct_url.json") or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        pytest.skip("portgauge is not installed with pip install -e")

    copies = [path for path in distribution("portgauge").files or () if path.suffix in {".yaml", ".csv", ".j2"}]

    assert copies == []
    assert importable([sys.executable], tmp_path) == []
