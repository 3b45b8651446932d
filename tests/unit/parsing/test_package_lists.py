"""Lists of packages in TOML, INI, Python and conda's YAML; broken ones are problems, never crashes."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.package_lists import (
    read_pipfile,
    read_pyproject_requirements,
    read_setup_cfg,
    read_setup_py_requirements,
)
from portgauge.parsing.requirements import Requirement
from portgauge.parsing.statements import read_statements

PYPROJECT = b"""
[build-system]
requires = ["setuptools", "torch==2.4"]  # not "cupy"
[project]
name = "solver"
dependencies = [
  "triton>=3 ; sys_platform == 'linux'",
]
[project.optional-dependencies]
gpu = ["cupy-cuda12x"]
[dependency-groups]
dev = ["pynvml", {include-group = "test"}]
[tool.poetry.dependencies]
python = "^3.10"
flash-attn = {version = "*", extras = ["bench"]}
[tool.poetry.group.gpu.dependencies]
vllm = "0.6"
[tool.uv]
dev-dependencies = ["xformers"]
"""


def first_names(requirements: tuple[Requirement, ...]) -> list[str]:
    return [asked.names[0] for asked in requirements]


def test_every_list_of_a_pyproject_is_read() -> None:
    read = read_pyproject_requirements(PYPROJECT)

    assert sorted(first_names(read.requirements)) == sorted(
        ["setuptools", "torch", "triton", "cupy-cuda12x", "pynvml", "flash-attn", "vllm", "xformers"]
    )
    for asked in read.requirements:
        assert asked.text.partition("[")[0].encode() in PYPROJECT[asked.start : asked.end]
    assert read.problems == ()


def test_a_pipfile_and_a_setup_cfg_are_read() -> None:
    pipfile = read_pipfile(b'[packages]\ntorch = "*"\n[dev-packages]\nnvitop = {version = "*"}\n')
    setup = read_setup_cfg(
        b"[options]\ninstall_requires =\n  cupy-cuda11x  # GPU\n  # torch\n  numpy\n"
        b"[options.extras_require]\nfast = flash-attn>=2\n"
    )

    assert first_names(pipfile.requirements) == ["torch", "nvitop"]
    assert first_names(setup.requirements) == ["cupy-cuda11x", "numpy", "flash-attn"]


def test_the_lists_of_a_setup_py_are_followed_through_variables() -> None:
    code = (
        b'"""pycuda"""\nBASE = ["torch"]\nBASE += ["triton>=2"]\nprint("cupy")\n'
        b'setup(name="x", install_requires=BASE, extras_require={"vllm": ["xformers"]})\n'
    )
    read = read_setup_py_requirements(code)

    assert first_names(read.requirements) == ["torch", "triton", "xformers"]


@pytest.mark.parametrize(
    ("language", "path", "data", "says"),
    [
        ("python-build", "pyproject.toml", b"[project\ndependencies = [", "no valid TOML: Expected"),
        ("python-build", "pyproject.toml", b"a = " + b"[" * 100_000, "no valid TOML"),
        ("python-build", "pyproject.toml", b'[project]\ndependencies = ["a b c"]', "'a b c' is no requirement"),
        ("pipfile", "Pipfile", b"a" + b".a" * 100_000 + b" = 1", "holds a key of more than 200 parts"),
        ("python-build", "setup.cfg", b"install_requires = torch\n", "no valid setup.cfg: File contains no section"),
        ("pipfile", "Pipfile", b"\x00\x01", "no valid TOML"),
        ("requirements", "requirements.txt", b"torch torch\n", "line 1 is no requirement"),
        ("notebook", "a.ipynb", b"{", "no valid JSON"),
        ("notebook", "a.ipynb", b"[" * 100_000, "no valid JSON"),
        ("notebook", "a.ipynb", b'{"worksheets": []}', "holds no list `cells`"),
        ("conda", "environment.yml", b"dependencies: [torch\n - x", "no valid YAML at line"),
        ("conda", "environment.yml", b"a: " + b"[" * 20_000, "no valid YAML"),
    ],
)
def test_a_broken_file_is_a_problem(language: str, path: str, data: bytes, says: str) -> None:
    read = read_statements(language, data, PurePosixPath(path))

    assert [problem for problem in read.problems if says in problem], read.problems


def test_an_environment_of_conda_lists_conda_and_pip() -> None:
    data = (
        b"name: work\nchannels: [pytorch, nvidia]\ndependencies:\n  - python=3.10  # cupy\n"
        b"  - nvidia::cudatoolkit=11.8\n  - pip:\n    - --extra-index-url https://download.pytorch.org/whl/cu118\n"
        b"    - torch==2.1.0+cu118\n"
    )
    read = read_statements("conda", data, PurePosixPath("environment.yml"))

    assert sorted(first_names(read.requirements)) == ["cudatoolkit", "python", "torch"]
    for asked in read.requirements:
        assert data[asked.start : asked.end].decode() == asked.text


def test_a_recipe_with_templates_is_read_line_by_line() -> None:
    data = (
        b"package:\n  name: {{ name }}\nrequirements:\n  run:\n    - python\n    - cudatoolkit {{ cuda }}.*\n"
        b"about:\n  - cupy\n"
    )
    read = read_statements("conda", data, PurePosixPath("meta.yaml"))

    assert first_names(read.requirements) == ["python", "cudatoolkit"]


def test_a_bomb_of_aliases_in_an_environment_stays_small() -> None:
    bomb = b"a: &a [x, x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(ord("b"), ord("n"))
    )

    assert len(read_statements("conda", bomb, PurePosixPath("environment.yml")).requirements) < 100


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text('[]{}=".\n#abc-tool project dependencies', max_size=200).map(str.encode),
    ),
    st.sampled_from(
        [
            ("python-build", "pyproject.toml"),
            ("python-build", "setup.cfg"),
            ("python-build", "setup.py"),
            ("pipfile", "Pipfile"),
            ("conda", "meta.yaml"),
            ("requirements", "requirements.txt"),
            ("notebook", "a.ipynb"),
            ("shell", "a.sh"),
        ]
    ),
)
def test_any_bytes_are_read_and_places_lie_in_the_file(data: bytes, kind: tuple[str, str]) -> None:
    language, path = kind
    read = read_statements(language, data, PurePosixPath(path))

    for found in (*read.requirements, *read.imports):
        assert 0 <= found.start <= found.end <= len(data)
    assert all(problem for problem in read.problems)
