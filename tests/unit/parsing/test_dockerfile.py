"""Dockerfiles: continued lines, here-documents, arguments of FROM, and what is no Dockerfile."""

from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.dockerfile import Dockerfile, read_dockerfile

REAL = b"""# syntax=docker/dockerfile:1
ARG UBUNTU_VERSION=22.04
ARG CUDA_VERSION=12.4.1
ARG BASE=nvidia/cuda:${CUDA_VERSION}-devel-ubuntu${UBUNTU_VERSION}

FROM ${BASE} AS build
RUN apt-get update && \\
    # the toolkit is in the image
    apt-get install -y \\
        cmake

RUN <<EOF
cmake -B build
from here on this is a script
EOF
from ${RUNTIME:-nvidia/cuda:12.4.1-runtime}
COPY --from=build /app /app
"""


def read(text: bytes) -> list[tuple[str, str]]:
    return [(each.name, each.arguments) for each in read_dockerfile(text).instructions]


def test_from_names_the_image_that_its_arguments_make() -> None:
    assert [arguments for name, arguments in read(REAL) if name == "FROM"] == [
        "nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build",
        "nvidia/cuda:12.4.1-runtime",
    ]
    assert read_dockerfile(REAL).problem == ""


def test_continued_lines_are_one_instruction_without_the_comments_between() -> None:
    assert read(REAL)[4] == ("RUN", "apt-get update && apt-get install -y cmake")


def test_the_lines_of_a_here_document_are_no_instructions() -> None:
    assert read(REAL)[5] == ("RUN", "<<EOF\ncmake -B build\nfrom here on this is a script\nEOF")


def test_an_instruction_knows_where_it_stands() -> None:
    run = read_dockerfile(REAL).instructions[4]

    assert REAL[run.start : run.end].startswith(b"RUN apt-get")
    assert REAL[run.start : run.end].endswith(b"cmake")


def test_another_escape_character_continues_lines() -> None:
    text = b"# escape=`\nFROM windows\nRUN dir C:\\ `\n  /s\n"

    assert read(text)[1] == ("RUN", "dir C:\\ /s")


def test_what_is_no_dockerfile_is_a_problem() -> None:
    assert read_dockerfile(b"FROM a\nINSTALL cuda\n").problem == (
        "line 2 is no Dockerfile instruction (1 such lines); what they hold may be missing"
    )
    assert read_dockerfile(b"RUN make\n").problem.startswith("holds no FROM")
    assert read_dockerfile(b"").problem.startswith("holds no FROM")


def test_arguments_that_name_each_other_end() -> None:
    assert read(b"ARG A=$B$B\nARG B=$A$A\nFROM $A\n")[2][0] == "FROM"


@given(st.lists(st.sampled_from([b"FROM ${A}", b"RUN <<X \\", b"#", b"", b"ARG A=${A}", b"\\", b"X", b"\xff\\"])))
def test_any_lines_are_read(lines: list[bytes]) -> None:
    read = read_dockerfile(b"\n".join(lines))

    assert isinstance(read, Dockerfile)
    assert all(each.start <= each.end for each in read.instructions)
