from pathlib import PurePosixPath

from portgauge.graph.components import make_components
from portgauge.graph.from_builds import units_from_cmake, units_from_python
from portgauge.graph.inputs import BuildUnit, MappedComponent, UnitLink
from portgauge.model.component import (
    Component,
    ComponentKind,
    Edge,
    EdgeKind,
    Reading,
    SourceFile,
    Standing,
)
from portgauge.parsing.cmake import read_cmake
from portgauge.parsing.cmake_build import build_targets
from portgauge.parsing.python import read_setup_py


def source_file(path: str, *, standing: Standing = Standing.OWN, reading: Reading = Reading.PARSED) -> SourceFile:
    suffix = PurePosixPath(path).suffix
    languages = {".cu": "cuda", ".txt": "cmake", ".py": "python-build", ".md": "text"}
    return SourceFile(
        path=PurePosixPath(path),
        language=languages.get(suffix, "c++"),
        standing=standing,
        reading=reading,
        byte_count=10,
        code_lines=1,
        is_cuda=suffix == ".cu",
        degraded_bytes=0,
        sha256="",
    )


def files(*paths: str) -> list[SourceFile]:
    return [source_file(path) for path in paths]


def unit(
    name: str, *sources: str, links: tuple[str, ...] = (), at: str = "CMakeLists.txt", library: bool = True
) -> BuildUnit:
    return BuildUnit(
        key=f"#{name}",
        name=name,
        kind=ComponentKind.CMAKE_TARGET,
        is_linkable=library,
        sources=tuple(map(PurePosixPath, sources)),
        links=tuple(
            UnitLink(target=link if link.startswith("library:") else f"#{link}", path=PurePosixPath(at), line=7)
            for link in links
        ),
        declared_in=PurePosixPath(at),
        line=1,
    )


def include(source: str, target: str, line: int = 1) -> Edge:
    return Edge(source=source, target=target, kind=EdgeKind.INCLUDE, evidence=((PurePosixPath(source), line),))


def contents(components: tuple[Component, ...]) -> dict[str, list[str]]:
    return {component.name: [str(path) for path in component.files] for component in components}


def test_a_target_with_its_headers_is_a_component() -> None:
    components, _ = make_components(
        files("src/a.cu", "include/a.h", "include/b.h", "CMakeLists.txt"),
        [include("src/a.cu", "include/a.h"), include("include/a.h", "include/b.h")],
        [unit("lib", "src/a.cu")],
        [],
    )

    assert contents(components) == {"lib": ["CMakeLists.txt", "include/a.h", "include/b.h", "src/a.cu"]}
    assert components[0].kind is ComponentKind.CMAKE_TARGET


def test_a_file_that_several_targets_list_goes_to_the_smaller_and_is_counted_once() -> None:
    components, edges = make_components(
        files("a.cu", "b.cu", "c.cu", "d.cu"),
        [],
        [unit("large", "a.cu", "b.cu", "c.cu"), unit("small", "a.cu", "d.cu")],
        [],
    )

    assert contents(components) == {"small": ["a.cu", "d.cu"], "large": ["b.cu", "c.cu"]}
    assert [(edge.source, edge.target, edge.kind) for edge in edges] == [("large", "small", EdgeKind.LINK)]


def test_a_test_does_not_take_a_library_file_away() -> None:
    listed = [
        *files("src/a.cu", "src/b.cu"),
        source_file("tests/t.cu", standing=Standing.TEST),
        source_file("tests/u.cu", standing=Standing.TEST),
    ]

    components, _ = make_components(
        listed,
        [],
        [unit("lib", "src/a.cu", "src/b.cu"), unit("check", "src/a.cu", "tests/t.cu", "tests/u.cu", library=False)],
        [],
    )

    assert contents(components)["lib"] == ["src/a.cu", "src/b.cu"]


def test_variants_of_one_target_are_one_component() -> None:
    components, _ = make_components(
        files("cuda/a.cu", "cuda/b.cu", "main.cpp"),
        [],
        [
            unit("gpu-hip", "cuda/a.cu", "cuda/b.cu", at="hip/CMakeLists.txt"),
            unit("gpu-cuda", "cuda/a.cu", "cuda/b.cu", at="cuda/CMakeLists.txt"),
            unit("app", "main.cpp", links=("gpu-hip",), library=False),
        ],
        [],
    )

    assert contents(components) == {"gpu-cuda": ["cuda/a.cu", "cuda/b.cu"], "app": ["main.cpp"]}
    assert components[1].depends_on == ("gpu-cuda",)


def test_a_header_of_a_library_stays_with_it_however_many_programs_include_it() -> None:
    programs = [f"app{number}.cpp" for number in range(5)]

    components, _ = make_components(
        files("lib.cu", "include/lib.h", "include/deep.h", *programs),
        [
            include("lib.cu", "include/lib.h"),
            include("include/lib.h", "include/deep.h"),
            *(include(program, "include/lib.h") for program in programs),
            *(include(program, "include/deep.h") for program in programs),
        ],
        [unit("core", "lib.cu"), *(unit(name[:-4], name, library=False) for name in programs)],
        [],
    )

    assert contents(components)["core"] == ["include/deep.h", "include/lib.h", "lib.cu"]
    assert {component.wave for component in components} == {1, 2}


def test_a_header_that_programs_share_belongs_to_none_of_them() -> None:
    components, _ = make_components(
        files("a.cpp", "b.cpp", "common/c.h"),
        [include("a.cpp", "common/c.h"), include("b.cpp", "common/c.h")],
        [unit("a", "a.cpp", library=False), unit("b", "b.cpp", library=False)],
        [],
    )

    assert contents(components) == {"common": ["common/c.h"], "a": ["a.cpp"], "b": ["b.cpp"]}


def test_files_that_no_build_names_go_by_their_top_folder() -> None:
    components, _ = make_components(files("one/a.cu", "one/deep/b.cu", "one/a.h", "two/c.cu", "top.cu"), [], [], [])

    assert contents(components) == {
        "(top folder)": ["top.cu"],
        "one": ["one/a.cu", "one/a.h", "one/deep/b.cu"],
        "two": ["two/c.cu"],
    }


def test_a_folder_with_more_than_forty_cuda_files_is_split() -> None:
    names = [f"src/{folder}/{number}.cu" for folder in ("p", "q") for number in range(21)]

    components, _ = make_components(files(*names, "src/own.cu"), [], [], [])

    assert [component.name for component in components] == ["src", "src/p", "src/q"]


def test_a_large_folder_with_little_cuda_is_split_so_that_the_cuda_shows() -> None:
    names = [f"src/engine/{number}.cpp" for number in range(60)]

    components, _ = make_components(files(*names, "src/gpu/k.cu"), [], [], [])

    assert [component.name for component in components] == ["src/engine", "src/gpu"]


def test_what_is_left_out_is_in_no_component() -> None:
    listed = [
        source_file("a.cu"),
        source_file("third_party/b.cu", standing=Standing.VENDORED, reading=Reading.EXCLUDED),
        source_file("README.md", reading=Reading.NOT_SUPPORTED),
    ]

    components, _ = make_components(listed, [], [unit("lib", "a.cu", "third_party/b.cu")], [])

    assert contents(components) == {"lib": ["a.cu"]}


def test_what_links_through_a_target_without_files_is_found() -> None:
    components, edges = make_components(
        files("a.cu", "b.cu"),
        [],
        [
            unit("base", "a.cu", links=("library:CUDA::cublas",)),
            unit("interface", links=("base",)),
            unit("app", "b.cu", links=("interface",)),
        ],
        [],
    )

    assert [(c.name, c.depends_on, c.wave) for c in components] == [("base", (), 1), ("app", ("base",), 2)]
    assert [(e.source, e.target, e.kind) for e in edges] == [
        ("app", "base", EdgeKind.LINK),
        ("base", "library:CUDA::cublas", EdgeKind.LIBRARY),
    ]


def test_a_circle_becomes_one_component_named_after_its_largest_member() -> None:
    components, edges = make_components(
        files("a/1.cu", "b/1.cu", "b/2.cu", "c/1.cu"),
        [include("a/1.cu", "b/1.cu"), include("b/2.cu", "a/1.cu"), include("c/1.cu", "a/1.cu")],
        [unit("a", "a/1.cu"), unit("b", "b/1.cu", "b/2.cu"), unit("c", "c/1.cu")],
        [],
    )

    assert [(c.name, c.depends_on) for c in components] == [("b + a", ()), ("c", ("b + a",))]
    assert [(e.source, e.target) for e in edges] == [("c", "b + a")]


def test_targets_of_the_same_name_keep_apart() -> None:
    first = unit("app", "x/a.cu", at="x/CMakeLists.txt")
    second = BuildUnit(
        key="y#app",
        name="app",
        kind=ComponentKind.CMAKE_TARGET,
        is_linkable=False,
        sources=(PurePosixPath("y/a.cu"),),
        links=(),
        declared_in=PurePosixPath("y/CMakeLists.txt"),
        line=1,
    )

    components, _ = make_components(files("x/a.cu", "y/a.cu"), [], [first, second], [])

    assert len({component.name for component in components}) == 2


def test_the_users_map_goes_before_the_build() -> None:
    components, _ = make_components(
        files("a.cu", "b.cu", "b.h"),
        [],
        [unit("lib", "a.cu", "b.cu")],
        [],
        component_map=[MappedComponent(name="mine", patterns=("b.*",))],
    )

    assert contents(components) == {"lib": ["a.cu"], "mine": ["b.cu", "b.h"]}
    assert [(c.kind, c.depends_on) for c in components] == [
        (ComponentKind.MAPPED, ()),
        (ComponentKind.CMAKE_TARGET, ("mine",)),
    ]


def test_parsed_build_files_become_units() -> None:
    cmake = PurePosixPath("CMakeLists.txt")
    known = [PurePosixPath(path) for path in ("CMakeLists.txt", "a.cu", "a2.cu", "b.cu", "csrc/k.cu", "setup.py")]
    text = b"add_library(base a.cu a2.cu)\nadd_executable(app b.cu)\ntarget_link_libraries(app base CUDA::cufft)\n"
    targets = build_targets({cmake: read_cmake(text, cmake)}, known_paths=known).targets
    setup = read_setup_py(b"import glob\nCUDAExtension('pkg._C', glob.glob('csrc/*.cu'))\n", PurePosixPath("setup.py"))

    components, edges = make_components(
        files(*map(str, known)),
        [],
        units_from_cmake(targets),
        units_from_python([setup], known_paths=known),
    )

    assert contents(components) == {
        "base": ["CMakeLists.txt", "a.cu", "a2.cu"],
        "pkg._C": ["csrc/k.cu", "setup.py"],
        "app": ["b.cu"],
    }
    assert [(edge.source, edge.target) for edge in edges] == [("app", "base"), ("app", "library:CUDA::cufft")]


def test_a_component_knows_the_options_without_which_it_is_not_built() -> None:
    text = b"""
option(WITH_GPU "build for GPUs" ON)
option(LEGACY "old path" OFF)
add_library(base base.cpp)
if(WITH_GPU AND NOT LEGACY)
  add_library(gpu gpu.cu)
endif()
if(WITH_GPU OR LEGACY)
  add_library(either either.cu)
endif()
"""
    path = PurePosixPath("CMakeLists.txt")
    known = [PurePosixPath(name) for name in ("base.cpp", "gpu.cu", "either.cu")]
    build = build_targets({path: read_cmake(text, path)}, known_paths=known)
    units = units_from_cmake(build.targets, options=[option.name for option in build.options])
    components, _ = make_components(files("base.cpp", "gpu.cu", "either.cu"), [], units, [])

    assert {each.name: each.options for each in components} == {"base": (), "either": (), "gpu": ("WITH_GPU",)}


def test_a_call_is_a_dependency_unless_it_turns_round_what_the_build_links() -> None:
    uses = [
        Edge(source="a.cu", target="b.cu", kind=EdgeKind.CALL, evidence=((PurePosixPath("a.cu"), 3),)),
        Edge(source="b.cu", target="c.cu", kind=EdgeKind.LAUNCH, evidence=((PurePosixPath("b.cu"), 5),)),
    ]
    components, edges = make_components(
        files("a.cu", "b.cu", "c.cu"),
        [],
        [unit("a", "a.cu"), unit("b", "b.cu", links=("a",)), unit("c", "c.cu")],
        [],
        use_edges=uses,
    )

    assert {each.name: each.depends_on for each in components} == {"a": (), "b": ("a", "c"), "c": ()}
    assert [(edge.source, edge.target) for edge in edges if edge.kind is EdgeKind.LAUNCH] == [("b", "c")]


def test_programs_run_and_libraries_and_folders_do_not() -> None:
    library, program = unit("solver", "s.cu"), unit("tool", "t.cu", links=("solver",), library=False)

    components, _ = make_components(files("s.cu", "t.cu", "loose/l.cu"), [], [library, program], [])

    assert {component.name: component.runs for component in components} == {
        "solver": False,
        "tool": True,
        "loose": False,
    }


def test_a_test_program_that_compiles_files_of_a_program_again_takes_none_away() -> None:
    program = unit("tool", "main.cc", "engine.cc", "cache.cc", "more.cc", library=False)
    check = unit("engine_test", "engine_test.cc", "engine.cc", "cache.cc", library=False)
    found = [
        *files("main.cc", "engine.cc", "cache.cc", "more.cc"),
        source_file("engine_test.cc", standing=Standing.TEST),
    ]

    components, _ = make_components(found, [], [program, check], [])

    assert {component.name: component.depends_on for component in components} == {"tool": (), "engine_test": ("tool",)}
