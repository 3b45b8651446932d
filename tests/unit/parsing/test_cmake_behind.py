"""Which sources a CMake build compiles only with an option."""

from pathlib import PurePosixPath

import pytest

from portgauge.parsing.cmake import read_cmake
from portgauge.parsing.cmake_build import BuildTargets, build_targets
from portgauge.parsing.cmake_conditions import words_asked_for


def build(files: dict[str, str], *known: str) -> BuildTargets:
    parsed = {PurePosixPath(path): read_cmake(text.encode(), PurePosixPath(path)) for path, text in files.items()}
    return build_targets(parsed, known_paths=[PurePosixPath(path) for path in (*files, *known)])


def behind(text: str, *known: str, **folders: str) -> dict[str, tuple[str, ...]]:
    """Return the optional sources of a CMakeLists.txt, those of folders given by their name."""
    files = {"CMakeLists.txt": text, **{f"{name}/CMakeLists.txt": inner for name, inner in folders.items()}}
    known = known or ("a.cu", "x.cu", "y.cu")
    return {str(path): names for target in build(files, *known).targets for path, names in target.behind}


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ("WITH_X", {"WITH_X"}),
        ("${WITH_X}", {"WITH_X"}),
        ('"${WITH_X}"', {"WITH_X"}),
        ("WITH_X AND CUDA_FOUND", {"WITH_X", "CUDA_FOUND"}),
        ("WITH_X OR WITH_Y", set()),
        ("WITH_X AND (A OR B)", {"WITH_X"}),
        ("(A AND WITH_X) OR (WITH_X AND B)", {"WITH_X"}),
        ("NOT WITH_X", set()),
        ("NOT NOT WITH_X", {"WITH_X"}),
        ("NOT (A OR NOT WITH_X)", {"WITH_X"}),
        ("NOT (A AND WITH_X)", set()),
        ("NOT (WITH_Y) AND (WITH_X)", {"WITH_X"}),
        ("WITH_X STREQUAL ON", {"WITH_X"}),
        ("WITH_X STREQUAL OFF", set()),
        ("CUDA_VERSION VERSION_GREATER_EQUAL 12.0 AND WITH_X", {"WITH_X"}),
        ("DEFINED WITH_X", set()),
        ("TARGET x", set()),
        ("EXISTS ${A}/b AND WITH_X", {"WITH_X"}),
        ("TRUE", set()),
        ("WITH_X AND (", set()),
        ("WITH_X )", set()),
        ("", set()),
    ],
)
def test_a_condition_asks_for_what_every_way_to_it_needs(condition: str, asked: set[str]) -> None:
    assert words_asked_for(condition) == asked


@pytest.mark.parametrize(
    "text",
    [
        "set(S a.cu)\nif(WITH_X)\n list(APPEND S x.cu)\nendif()\nadd_library(l ${S})",
        "set(S a.cu)\nif(WITH_X)\n set(S ${S} x.cu)\nendif()\nadd_library(l ${S})",
        "set(S a.cu)\nset(T x.cu)\nif(WITH_X)\n list(APPEND S ${T})\nendif()\nadd_library(l ${S})",
        "add_library(l a.cu)\nif(WITH_X)\n target_sources(l PRIVATE x.cu)\nendif()",
        "add_library(l a.cu)\nif(WITH_X)\n add_library(m x.cu)\nendif()",
        "if(NOT WITH_X)\nelse()\n set(T x.cu)\nendif()\nadd_library(l a.cu ${T})",
        "if(OTHER)\n set(T y.cu)\nelseif(WITH_X)\n set(T x.cu)\nendif()\nadd_library(l a.cu ${T} y.cu)",
        "if(WITH_X)\n if(DEEP OR DEEPER)\n  list(APPEND T x.cu)\n endif()\nendif()\nadd_library(l a.cu ${T})",
        "if(WITH_X)\n file(GLOB T x*.cu)\nendif()\nadd_library(l a.cu ${T})",
        "function(more)\n add_library(l ${ARGN})\nendfunction()\nif(WITH_X)\n set(T x.cu)\nendif()\nmore(a.cu ${T})",
        "foreach(f ${NONE} x.cu)\n if(WITH_X)\n  list(APPEND T ${f})\n endif()\nendforeach()\nadd_library(l a.cu ${T})",
        'function(more)\n cmake_parse_arguments(P "" "NAME" "SRC" ${ARGN})\n add_library(${P_NAME} ${P_SRC})\n'
        "endfunction()\nif(WITH_X)\n set(T x.cu)\nendif()\nmore(NAME l SRC a.cu ${T})",
        "add_library(l a.cu)\nif(NOT WITH_X)\n return()\nendif()\ntarget_sources(l PRIVATE x.cu)",
    ],
)
def test_a_source_that_comes_in_only_with_an_option_is_behind_it(text: str) -> None:
    found = behind(text)

    assert "a.cu" not in found
    assert "WITH_X" in found["x.cu"]


@pytest.mark.parametrize(
    "text",
    [
        "if(WITH_X)\n add_library(l x.cu)\nendif()\nadd_library(l a.cu x.cu)",
        "if(WITH_X)\n list(APPEND T x.cu)\nelse()\n list(APPEND T x.cu)\nendif()\nadd_library(l ${T})",
        "if(WITH_X OR WITH_Y)\n list(APPEND T x.cu)\nendif()\nadd_library(l ${T})",
        "set(T x.cu)\nif(WITH_X)\n list(REMOVE_ITEM T x.cu)\nendif()\nadd_library(l ${T})",
        "set(T x.cu)\nif(WITH_X)\n list(APPEND S ${T})\nendif()\nadd_library(l ${S} ${T})",
        "file(GLOB T *.cu)\nif(WITH_X)\n list(APPEND T x.cu)\nendif()\nadd_library(l ${T})",
    ],
)
def test_a_source_that_is_also_compiled_otherwise_is_behind_nothing(text: str) -> None:
    assert "x.cu" not in {path for path, names in behind(text).items() if "WITH_X" in names}


def test_a_folder_that_is_added_only_with_an_option_is_behind_it() -> None:
    text = "if(WITH_X)\n add_subdirectory(part)\nendif()"

    assert behind(text, "part/x.cu", part="add_library(l x.cu)") == {"part/x.cu": ("WITH_X",)}


def test_a_folder_that_is_added_on_two_ways_is_behind_what_both_ask_for() -> None:
    text = "if(A AND B)\n add_subdirectory(part)\nelseif(A AND C)\n add_subdirectory(part)\nendif()"

    assert behind(text, "part/x.cu", part="add_library(l x.cu)") == {"part/x.cu": ("A",)}


def test_macros_that_the_build_defines_ask_for_the_options_around_them() -> None:
    text = """
        if(WITH_X)
          add_definitions(-DUSE_X -DBOTH)
          target_compile_definitions(l PRIVATE HAS_X=1)
          set(CMAKE_CUDA_FLAGS "${CMAKE_CUDA_FLAGS} -DFLAG_X")
        endif()
        add_compile_definitions(BOTH)
    """

    macros = build({"CMakeLists.txt": text}).macros

    assert {name: set(macros[name]) for name in ("USE_X", "HAS_X", "FLAG_X", "BOTH")} == {
        "USE_X": {"WITH_X"},
        "HAS_X": {"WITH_X"},
        "FLAG_X": {"WITH_X"},
        "BOTH": set(),
    }


def test_a_cached_boolean_is_an_option_too() -> None:
    found = build({"CMakeLists.txt": 'set(WITH_X OFF CACHE BOOL "Build X")\nset(PLACE /opt CACHE PATH "where")\n'})

    assert [(option.name, option.default, option.title) for option in found.options] == [("WITH_X", "OFF", "Build X")]
