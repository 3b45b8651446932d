"""What build files say that could not be followed."""

from pathlib import Path, PurePosixPath

from portgauge.matchers.build import BuildFile, read_build_files

SETUP = """
from torch.utils.cpp_extension import CUDAExtension
known = CUDAExtension("pack.known", ["a.cu"])
computed = CUDAExtension("pack.computed", sources=params.sources)
"""


def test_sources_of_an_extension_that_cannot_be_followed_are_said(tmp_path: Path) -> None:
    place = tmp_path / "setup.py"
    place.write_text(SETUP)
    file = BuildFile(path=PurePosixPath("setup.py"), place=place, language="python-build")

    (problem,) = read_build_files([file], known_paths=[PurePosixPath("setup.py"), PurePosixPath("a.cu")]).problems

    assert problem.path == PurePosixPath("setup.py")
    assert "`pack.computed` (line 4) could not be followed in full: `params.sources`" in problem.reason
