from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.python import ExtensionModule, read_pyproject, read_setup_py


def extensions(text: str, path: str = "setup.py") -> list[ExtensionModule]:
    return list(read_setup_py(text.encode(), PurePosixPath(path)).extensions)


def test_literal_sources_are_relative_to_the_root() -> None:
    found = extensions(
        "setup(ext_modules=[\n  CUDAExtension('pkg._C', ['csrc/a.cu', './csrc/b.cpp', '../common/c.cu'])])\n",
        "python/setup.py",
    )

    assert [(e.name, e.kind, e.sources, e.line) for e in found] == [
        ("pkg._C", "CUDAExtension", ("python/csrc/a.cu", "python/csrc/b.cpp", "common/c.cu"), 2)
    ]


def test_variables_joins_and_patterns_are_followed() -> None:
    found = extensions(
        """
import os, glob
from pathlib import Path
here = os.path.dirname(os.path.abspath(__file__))
src = os.path.join(here, "src")
sources = glob.glob(os.path.join(src, "*.cpp")) + sorted(glob.glob(f"{src}/cuda/*.cu"))
sources += ["one.cu"]
sources.append("two" + ".cu")
sources.extend(["three.cu"])
sources = [os.path.join(here, s) for s in sources]
ext = cpp_extension.CppExtension(name="m", sources=sources)
other = Extension("n", [str(Path(__file__).parent / "k.cu"), *(Path("lib").rglob("*.cu"))])
"""
    )

    assert set(found[0].sources) == {"src/*.cpp", "src/cuda/*.cu", "one.cu", "two.cu", "three.cu"}
    assert (found[0].kind, found[0].unresolved) == ("CppExtension", ())
    assert found[1].sources == ("k.cu", "lib/**/*.cu")


def test_both_branches_of_a_condition_count() -> None:
    found = extensions(
        "a = ['x.cpp']\nif gpu:\n    a = ['x.cu']\n    ext = CUDAExtension\nelse:\n    ext = CppExtension\n"
        "e = ext('n', a)\nf = CUDAExtension('m', ['p.cu'] if fast else ['q.cu'])\n"
    )

    assert [(e.kind, e.sources) for e in found] == [
        ("CUDAExtension", ("x.cpp", "x.cu")),
        ("CUDAExtension", ("p.cu", "q.cu")),
    ]


def test_what_cannot_be_followed_is_kept_as_written() -> None:
    found = extensions("e = CUDAExtension(name(), ['a.cu', find('b')] + params.sources + gone)\n")

    assert found[0].name == ""
    assert found[0].sources == ("a.cu",)
    assert found[0].unresolved == ("find('b')", "params.sources", "gone")


def test_paths_outside_the_codebase_are_not_sources() -> None:
    found = extensions("e = CUDAExtension('n', ['/opt/a.cu', '../../b.cu'])\n", "sub/setup.py")

    assert found[0].sources == ()
    assert found[0].unresolved == ("/opt/a.cu", "../../b.cu")


def test_only_the_loaders_of_torch_count() -> None:
    found = extensions(
        "import json\nfrom torch.utils.cpp_extension import load as jit_load\n"
        "a = json.load(open('x'))\nb = load('y')\n"
        "c = jit_load(name='j', sources=['a.cu'])\nd = cpp.load(name='k', sources=['b.cu'])\n"
    )

    assert [(e.name, e.kind, e.sources) for e in found] == [("j", "load", ("a.cu",)), ("k", "load", ("b.cu",))]


def test_an_inner_variable_hides_an_outer_one() -> None:
    found = extensions("s = ['outer.cu']\ndef f():\n    s = ['inner.cu']\n    return CUDAExtension('n', s)\n")

    assert found[0].sources == ("inner.cu",)


def test_a_variable_that_needs_itself_comes_to_an_end() -> None:
    found = extensions("s = ['a.cu']\ns = s + s\nt = u\nu = t\ne = CUDAExtension(t, s + t)\n")

    assert found[0].sources == ("a.cu",)


def test_broken_python_is_located_and_the_rest_is_read() -> None:
    build = read_setup_py(b"x = (\ne = CUDAExtension('n', ['a.cu'])\ndef (:\n", PurePosixPath("setup.py"))

    assert build.error_lines
    assert [extension.name for extension in build.extensions] == ["n"]


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    extensions("e = CUDAExtension('n', " + "(" * 3000 + "'a'" + ")" * 3000 + ")\n")
    extensions("e = CUDAExtension('n', " + "+".join(["['a.cu']"] * 3000) + ")\n")


def test_pyproject_names_backend_and_requirements() -> None:
    text = b'[build-system]\nrequires = ["torch", "ninja"]\nbuild-backend = "b"\n[project]\ndependencies = ["x", 3]\n'

    found = read_pyproject(text, PurePosixPath("pyproject.toml"))

    assert (found.build_backend, found.build_requires, found.dependencies) == ("b", ("torch", "ninja"), ("x",))


def test_a_broken_pyproject_says_where() -> None:
    assert "line 2" in read_pyproject(b"[a]\nb = = 1\n", PurePosixPath("pyproject.toml")).error


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    read_setup_py(data, PurePosixPath("setup.py"))
    read_pyproject(data, PurePosixPath("pyproject.toml"))
