"""What Makefiles make, and from which sources."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portgauge.parsing.make import MakeTarget, read_makefile


def made(text: str, *known: str, at: str = "Makefile") -> dict[str, MakeTarget]:
    found = read_makefile(text.encode(), PurePosixPath(at), known_paths=[PurePosixPath(path) for path in known])
    return {target.name: target for target in found}


def sources(target: MakeTarget) -> list[str]:
    return [str(path) for path in target.sources]


@pytest.mark.parametrize(
    "text",
    [
        "OBJ = main.o scan.o\nprog: $(OBJ)\n\tnvcc -o $@ $(OBJ)\n",
        "SRC := main.cpp scan.cu\nOBJ := $(SRC:.cpp=.o)\nprog: $(OBJ:.cu=.o)\n\tnvcc -o $@ $^\n",
        "prog: $(patsubst %.cu,build/%.o,$(wildcard *.cu)) build/main.o\n\tnvcc -o $@ $^\n",
        "SRC = main.cpp \\\n  scan.cu\nprog:\n\tnvcc $(SRC) -o prog\n",
        "program = prog\nsource = main.cpp scan.cu\n$(program): $(source) # all\n\tnvcc -o $@ $^\n",
        "prog: main.cu.o scan.cu.o\n",
    ],
)
def test_a_program_is_made_of_its_sources_through_objects_and_variables(text: str) -> None:
    found = made(text, "main.cpp", "scan.cu", "other/readme.md")

    assert sources(found["prog"]) == ["main.cpp", "scan.cu"]
    assert not found["prog"].is_library


def test_a_library_is_linked_by_the_program_that_needs_it() -> None:
    text = "LDLIBS = -lcublas\nlibk.a: k.o\n\tar rcs $@ $^\nprog: main.o libk.a\n\tnvcc -o $@ $^ $(LDLIBS)\n"
    found = made(text, "k.cu", "main.cu")

    assert found["libk.a"].is_library
    assert found["prog"].links == ("libk.a", "library:cublas")


def test_paths_are_those_of_the_makefile() -> None:
    assert sources(made("a: src/a.o\n", "sub/src/a.cu", "src/a.cu", at="sub/Makefile")["a"]) == ["sub/src/a.cu"]


def test_what_has_no_source_is_no_target() -> None:
    assert made(".PHONY: clean\nclean:\n\trm -rf build\nall: docs\n%.o: %.cu\n\tnvcc -c $<\n", "a.cu") == {}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_crash(text: bytes) -> None:
    read_makefile(text, PurePosixPath("Makefile"), known_paths=[PurePosixPath("a.cu")])


def test_a_variable_of_itself_ends() -> None:
    assert made("A = $(A) a.o\nprog: $(A)\n", "a.cu")["prog"].name == "prog"


@pytest.mark.parametrize(
    "text",
    [
        "S = $(S:.cu=.o)\nx: $(S:.o=.cu) a.cu\n",
        "A = $(B:.cu=.o)\nB = $(A:.o=.cu)\nx: $(A) a.cu\n",
        "".join(f"V{n} = $(V{n + 1}:.a=.b) $(V{n + 1}:.c=.d)\n" for n in range(3000)) + "x: $(V0:.x=.y) a.cu\n",
        "V = $(V) $(V)\nx: $(V) a.cu\n",
    ],
    ids=["of itself", "in a circle", "doubling and deep", "plainly of itself"],
)
def test_variables_that_ask_for_themselves_end(text: str) -> None:
    (target,) = read_makefile(text.encode(), PurePosixPath("Makefile"), known_paths=[PurePosixPath("a.cu")])

    assert target.sources == (PurePosixPath("a.cu"),)


def test_a_wildcard_may_lead_out_of_the_folder() -> None:
    known = [PurePosixPath("lib/a.cu"), PurePosixPath("test/b.cu")]

    (target,) = read_makefile(b"x: $(wildcard ../lib/*.cu) b.cu\n", PurePosixPath("test/Makefile"), known_paths=known)

    assert target.sources == tuple(known)
