"""Statements: what stands in build files and scripts, without what their comments say, and where."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.statements import ReadStatements, read_statements

WORKFLOW = b"""name: build
on: [push]
jobs:
  gpu:
    runs-on: [self-hosted, gpu]
    container:
      image: nvidia/cuda:12.4.1-devel-ubuntu22.04   # the oldest that we support
    steps:
      - uses: actions/checkout@v4
      - run: |
          # nvcc is in the image
          nvcc --version
          cmake -B build -DCUDA=${{ matrix.cuda }}
"""


def read(language: str, data: bytes) -> ReadStatements:
    return read_statements(language, data, PurePosixPath("file"))


def texts(language: str, data: bytes) -> list[bytes]:
    return [statement.text for statement in read(language, data).statements]


def test_a_workflow_gives_pairs_and_scripts_without_comments() -> None:
    found = read("yaml-ci", WORKFLOW)
    pairs = [statement.text for statement in found.statements if statement.kind == "ci"]
    (script,) = [statement for statement in found.statements if statement.kind == "shell"]

    assert b"runs-on: gpu" in pairs
    assert b"image: nvidia/cuda:12.4.1-devel-ubuntu22.04" in pairs
    assert b"nvcc --version" in script.text
    assert b"is in the image" not in script.text
    assert script.path == ("jobs", "gpu", "steps", "run")
    assert found.problems == ()


def test_a_word_of_a_rewritten_statement_is_found_where_it_stands() -> None:
    (image,) = [each for each in read("yaml-ci", WORKFLOW).statements if each.text.startswith(b"image: ")]
    start, end = image.place_of(len(b"image: "), len(image.text), WORKFLOW)

    assert WORKFLOW[start:end] == b"nvidia/cuda:12.4.1-devel-ubuntu22.04"


def test_a_template_is_read_word_by_word_and_is_no_fault() -> None:
    chart = b"limits:\n  {{- if .Values.gpu }}\n  nvidia.com/gpu: 1  # one\n  {{- end }}\n"
    found = read("yaml", chart)

    assert [statement.is_parsed for statement in found.statements] == [False]
    assert b"# one" not in found.statements[0].text
    assert found.problems == ()


def test_broken_yaml_is_a_problem_and_still_searched() -> None:
    found = read("yaml", b"a: [1, 2\nb: nvidia.com/gpu\n")

    assert found.problems[0].startswith("read word by word only (no valid YAML at line ")
    assert b"nvidia.com/gpu" in found.statements[0].text


def test_aliases_do_not_multiply_what_is_read() -> None:
    bomb = b"a: &a [x, x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(ord("b"), ord("n"))
    )

    assert len(read("yaml", bomb).statements) < 100


def test_a_command_of_cmake_is_one_text_with_its_name_in_lower_case() -> None:
    text = b"# find_package(CUDA)\nFIND_PACKAGE(CUDAToolkit\n  12.0 # or newer\n  REQUIRED)\n"

    assert texts("cmake", text) == [b"find_package(CUDAToolkit 12.0 REQUIRED)"]


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("shell", b"echo '# no comment' # nvcc\n", b"echo '# no comment'       \n"),
        ("shell", b"#SBATCH --gres=gpu:1\n#!/bin/sh\n", b"#SBATCH --gres=gpu:1\n         \n"),
        ("shell", b"echo a#b;# c\n", b"echo a#b;   \n"),
        ("make", b"A = 1 # nvcc\n\tnvcc # x\n", b"A = 1       \n\tnvcc    \n"),
        ("xmake", b'add_rules("cuda") -- cuda\n', b'add_rules("cuda")        \n'),
        ("python", b'"""nvcc\nnvcc"""\nx = "nvcc"  # nvcc\n', b'       \n       \nx = "nvcc"        \n'),
        ("python", b"def f():\n    'nvcc'\n    return 'nvcc'\n", b"def f():\n          \n    return 'nvcc'\n"),
    ],
)
def test_comments_are_blanked_and_nothing_moves(language: str, text: bytes, kept: bytes) -> None:
    assert texts(language, text) == [kept]
    assert len(kept) == len(text)


@given(st.binary(max_size=200), st.sampled_from(["shell", "python", "yaml", "yaml-ci", "dockerfile", "cmake", "xmake"]))
def test_any_bytes_are_read_and_places_lie_in_the_file(data: bytes, language: str) -> None:
    for statement in read(language, data).statements:
        start, end = statement.place_of(0, len(statement.text), data)
        assert 0 <= start <= end <= len(data)
