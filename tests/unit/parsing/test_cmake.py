from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portgauge.parsing.cmake import read_cmake
from portgauge.parsing.cmake_build import BuildTargets, build_targets
from portgauge.parsing.cmake_targets import CMakeTarget


def build(files: dict[str, str], *known: str) -> BuildTargets:
    parsed = {PurePosixPath(path): read_cmake(text.encode(), PurePosixPath(path)) for path, text in files.items()}
    return build_targets(parsed, known_paths=[PurePosixPath(path) for path in (*files, *known)])


def only(found: BuildTargets) -> CMakeTarget:
    assert len(found.targets) == 1
    return found.targets[0]


def sources(target: CMakeTarget) -> list[str]:
    return [str(path) for path in target.sources]


def links(target: CMakeTarget) -> list[str]:
    return [link.target for link in target.links]


def test_commands_keep_their_order_line_and_unquoted_arguments() -> None:
    file = read_cmake(
        b'Set(A "x y" [=[z]]]=] plain$<1:q> "say \\"hi\\"")\n# note\nmessage()\n', PurePosixPath("CMakeLists.txt")
    )

    assert [(c.name, c.arguments, c.line) for c in file.commands] == [
        ("set", ("A", "x y", "z]]", "plain$<1:q>", 'say "hi"'), 1),
        ("message", (), 3),
    ]


def test_conditions_stand_on_the_commands_of_each_branch() -> None:
    text = b"if(A AND NOT (B))\n a()\nelseif(C)\n b()\nelse()\n c()\nendif()\nd()\n"

    commands = {c.name: c.conditions for c in read_cmake(text, PurePosixPath("x.cmake")).commands}

    assert commands["a"] == ("A AND NOT (B)",)
    assert commands["b"] == ("NOT (A AND NOT (B)) AND (C)",)
    assert commands["c"] == ("NOT (A AND NOT (B)) AND NOT (C)",)
    assert commands["d"] == ()


def test_an_unclosed_parenthesis_is_located() -> None:
    file = read_cmake(b"project(x)\nset(A b\nadd_library(x y.cu)\n", PurePosixPath("CMakeLists.txt"))

    assert file.error_lines
    assert file.commands[0].name == "project"


def test_sources_come_from_lists_patterns_and_the_folder_of_the_file() -> None:
    found = build(
        {
            "lib/CMakeLists.txt": """
                set(SRC a.cu b.cu)
                list(APPEND SRC ${CMAKE_CURRENT_SOURCE_DIR}/c.cu ../common/d.h)
                file(GLOB KERNELS "kernels/*.cu")
                file(GLOB_RECURSE DEEP deep/*.cu)
                add_library(thing STATIC ${SRC} ${KERNELS} ${DEEP})
            """
        },
        *("lib/a.cu", "lib/b.cu", "lib/c.cu", "common/d.h", "lib/kernels/k.cu", "lib/kernels/sub/no.cu"),
        *("lib/deep/one.cu", "lib/deep/er/two.cu", "other/a.cu"),
    )

    assert sources(only(found)) == [
        *("common/d.h", "lib/a.cu", "lib/b.cu", "lib/c.cu", "lib/deep/er/two.cu", "lib/deep/one.cu"),
        "lib/kernels/k.cu",
    ]
    assert found.problems == ()


def test_every_branch_counts() -> None:
    found = build(
        {
            "CMakeLists.txt": """
                set(SRC base.cu)
                if(WITH_A)
                  set(SRC a.cu)
                else()
                  set(SRC b.cu)
                endif()
                add_executable(app ${SRC})
            """
        },
        *("base.cu", "a.cu", "b.cu"),
    )

    assert {"a.cu", "b.cu"} <= set(sources(only(found)))


def test_a_later_value_replaces_an_earlier_one_on_the_same_way() -> None:
    found = build(
        {"CMakeLists.txt": "set(S a.cu)\nset(S b.cu)\nadd_library(x ${S})\nset(S c.cu)\n"}, "a.cu", "b.cu", "c.cu"
    )

    assert sources(only(found)) == ["b.cu"]


def test_what_cannot_be_followed_is_named_and_not_guessed() -> None:
    found = build({"CMakeLists.txt": "add_library(x a.cu ${UNKNOWN} gone.cu $ENV{Y}/z.cu)\n"}, "a.cu")

    assert sources(only(found)) == ["a.cu"]
    assert only(found).unresolved == ("${UNKNOWN}", "gone.cu", "$ENV{Y}/z.cu")
    assert "${UNKNOWN}" in found.problems[0].reason


def test_links_are_targets_of_the_codebase_or_libraries() -> None:
    found = build(
        {
            "CMakeLists.txt": """
                add_library(base a.cu)
                add_library(our::base ALIAS base)
                add_executable(app b.cu)
                target_link_libraries(app PRIVATE our::base CUDA::cublas -lcufft ${CUDA_LIBRARIES}
                                      $<$<BOOL:${X}>:torch> PUBLIC -Wl,--x)
            """
        },
        *("a.cu", "b.cu"),
    )

    app = next(target for target in found.targets if target.name == "app")
    assert links(app) == [
        *("base", "library:${CUDA_LIBRARIES}", "library:CUDA::cublas", "library:cufft", "library:torch")
    ]
    assert app.links[0].line == 5


def test_subfolders_inherit_variables_and_conditions() -> None:
    found = build(
        {
            "CMakeLists.txt": "set(X k.cu)\nif(WITH_GPU)\nadd_subdirectory(gpu)\nendif()\n",
            "gpu/CMakeLists.txt": "if(FAST)\nadd_library(gpu ${X})\nendif()\n",
        },
        "gpu/k.cu",
    )

    assert sources(only(found)) == ["gpu/k.cu"]
    assert only(found).conditions == ("WITH_GPU", "FAST")


def test_a_subfolder_named_by_an_unknown_variable_means_every_folder_that_fits() -> None:
    found = build(
        {
            "CMakeLists.txt": "add_library(core)\nadd_subdirectory(${BACKEND})\n",
            "cuda/CMakeLists.txt": "target_sources(core PRIVATE k.cu)\n",
            "hip/CMakeLists.txt": "target_sources(core PRIVATE k.hip)\n",
        },
        *("cuda/k.cu", "hip/k.hip"),
    )

    assert sources(only(found)) == ["cuda/k.cu", "hip/k.hip"]


def test_functions_of_the_codebase_are_entered() -> None:
    found = build(
        {
            "CMakeLists.txt": "include(cmake/add.cmake)\nadd_gpu(fast SOURCES a.cu b.cu LIBS CUDA::cudart)\n",
            "cmake/add.cmake": """
                function(add_gpu name)
                  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
                  add_library(gpu_${name} ${ARG_SOURCES})
                  target_link_libraries(gpu_${name} ${ARG_LIBS})
                endfunction()
            """,
        },
        *("a.cu", "b.cu"),
    )

    target = only(found)
    assert (target.name, sources(target), links(target)) == ("gpu_fast", ["a.cu", "b.cu"], ["library:CUDA::cudart"])
    assert (str(target.path), target.line) == ("CMakeLists.txt", 2)


def test_loops_over_known_lists_are_walked() -> None:
    found = build(
        {"CMakeLists.txt": "set(N one two)\nforeach(n IN LISTS N)\nadd_executable(${n} ${n}.cu)\nendforeach()\n"},
        *("one.cu", "two.cu"),
    )

    assert [(target.name, sources(target)) for target in found.targets] == [
        ("one", ["one.cu"]),
        ("two", ["two.cu"]),
    ]


def test_other_ways_to_make_targets() -> None:
    found = build(
        {
            "CMakeLists.txt": """
                cuda_add_executable(old a.cu OPTIONS -arch=sm_70)
                pybind11_add_module(_C MODULE b.cu)
                add_library(objects OBJECT c.cu)
                add_library(all SHARED $<TARGET_OBJECTS:objects>)
                add_library(outside STATIC IMPORTED)
            """
        },
        *("a.cu", "b.cu", "c.cu"),
    )

    assert [(t.name, t.kind, sources(t), links(t)) for t in found.targets] == [
        ("_C", "module", ["b.cu"], []),
        ("all", "library", [], ["objects"]),
        ("objects", "library", ["c.cu"], []),
        ("old", "executable", ["a.cu"], []),
    ]


def test_options_are_listed() -> None:
    found = build({"CMakeLists.txt": 'option(WITH_GPU "Use the GPU" ON)\noption(PLAIN "x")\n'})

    assert [(option.name, option.title, option.default) for option in found.options] == [
        ("PLAIN", "x", "OFF"),
        ("WITH_GPU", "Use the GPU", "ON"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "function(f)\nf()\nendfunction()\nf()\n",
        "include(CMakeLists.txt)\n",
        "add_subdirectory(.)\n",
        "set(A ${A}x${A})\n" * 60 + "add_library(t ${A})\n",
        "foreach(a 1 2 3 4 5 6 7 8 9)\n" * 12 + "endforeach()\n" * 12,
        "endif()\nendforeach()\nelse()\nfunction(\n",
    ],
)
def test_hostile_files_come_to_an_end(text: str) -> None:
    build({"CMakeLists.txt": text})


_WORDS = st.sampled_from(
    ["set(", "if(", "else()", "endif()", ")", "add_library(", "${", "}", "a.cu", '"', "[[", "]]", "\n", " ", "$<", ";"]
)


@settings(deadline=None)
@given(st.lists(_WORDS, max_size=40))
def test_any_jumble_of_words_is_read_without_a_crash(words: list[str]) -> None:
    build({"CMakeLists.txt": "".join(words)}, "a.cu")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    read_cmake(data, PurePosixPath("CMakeLists.txt"))


def test_an_empty_argument_in_quotes_takes_its_place() -> None:
    found = build(
        {"CMakeLists.txt": 'function(part tag file)\nadd_library(part${tag} ${file})\nendfunction()\npart("" a.cu)\n'},
        "a.cu",
    )

    assert only(found).name == "part"
    assert sources(only(found)) == ["a.cu"]


def test_a_branch_that_asks_for_an_argument_given_as_nothing_is_not_taken() -> None:
    text = """
function(part tag)
  if(tag)
    set(name part-${tag})
  else()
    set(name part)
  endif()
  add_library(${name} a.cu)
endfunction()
part("")
part(x)
"""

    assert [target.name for target in build({"CMakeLists.txt": text}, "a.cu").targets] == ["part", "part-x"]


def test_an_unknown_command_that_is_given_sources_of_no_target_is_said() -> None:
    text = """
    include(FromElsewhere)
    set(PARTS b.cu)
    magic_library(one a.cu ${PARTS})
    magic_check(c.cu)
    add_library(two c.cu)
    set_source_files_properties(d.cu PROPERTIES LANGUAGE CUDA)
    install(FILES d.cu DESTINATION share)
    """

    found = build({"CMakeLists.txt": text}, "a.cu", "b.cu", "c.cu", "d.cu")

    (problem,) = found.problems
    assert problem.path == PurePosixPath("CMakeLists.txt")
    assert "could not be followed: `magic_library(a.cu ...)`" in problem.reason
    assert "grouped by folder" in problem.reason


def test_two_targets_of_one_name_are_one_and_said_unless_they_exclude_each_other() -> None:
    files = {
        "CMakeLists.txt": "add_subdirectory(a)\nadd_subdirectory(b)\n",
        "a/CMakeLists.txt": "add_library(same a.cu)\nif(X)\nadd_library(other a.cu)\nendif()\n",
        "b/CMakeLists.txt": "\nadd_library(same b.cu)\nif(NOT X)\nadd_library(other b.cu)\nendif()\n"
        + 2 * "if(NOT TARGET third)\nadd_library(third b.cu)\nendif()\n",
    }

    found = build(files, "a/a.cu", "b/b.cu")

    assert [sources(target) for target in found.targets if target.name == "same"] == [["a/a.cu", "b/b.cu"]]
    (problem,) = found.problems
    assert problem.path == PurePosixPath("b/CMakeLists.txt")
    assert "`same (line 2, first a/CMakeLists.txt:1)`" in problem.reason


def test_a_branch_that_asks_for_a_keyword_that_the_call_leaves_out_is_not_taken() -> None:
    text = """
    function(own_test name)
      cmake_parse_arguments(ARG "GPU" "PROGRAM" "MORE" ${ARGN})
      set(program ${name})
      if(ARG_PROGRAM)
        set(program ${ARG_PROGRAM})
      endif()
      if(NOT ARG_MORE)
        set(ARG_MORE common.cu)
      endif()
      add_executable(test_${program} ${name}.cu)
      if(ARG_MORE)
        target_sources(test_${program} PRIVATE ${ARG_MORE})
      endif()
    endfunction()
    own_test(a)
    own_test(b PROGRAM c)
    """

    found = build({"CMakeLists.txt": text}, "a.cu", "b.cu", "common.cu")

    assert {target.name: sources(target) for target in found.targets if target.name != "test_b"} == {
        "test_a": ["a.cu", "common.cu"],
        "test_c": ["b.cu", "common.cu"],
    }
