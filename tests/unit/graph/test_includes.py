from pathlib import PurePosixPath

from portgauge.graph.includes import include_edges, own_include_lines
from portgauge.matchers.facts import Include
from portgauge.model.component import EdgeKind


def quoted(text: str, line: int = 1) -> Include:
    return Include(text=text, is_quoted=True, line=line)


def bracketed(text: str, line: int = 1) -> Include:
    return Include(text=text, is_quoted=False, line=line)


def edges(includes: dict[str, list[Include]], *known: str) -> list[tuple[str, str]]:
    found = include_edges(
        {PurePosixPath(path): lines for path, lines in includes.items()},
        [PurePosixPath(path) for path in (*includes, *known)],
    )
    return [(edge.source, edge.target) for edge in found]


def test_a_quoted_path_is_looked_for_beside_the_file_first() -> None:
    assert edges({"a/x.cu": [quoted("y.h"), quoted("../b/z.h")]}, "a/y.h", "b/y.h", "b/z.h") == [
        ("a/x.cu", "a/y.h"),
        ("a/x.cu", "b/z.h"),
    ]


def test_a_path_means_the_known_file_that_ends_in_it() -> None:
    assert edges({"src/x.cu": [bracketed("lib/y.h")]}, "include/lib/y.h", "include/other/y.h") == [
        ("src/x.cu", "include/lib/y.h")
    ]


def test_of_several_the_nearest_is_meant() -> None:
    assert edges({"a/src/x.cu": [quoted("y.h")]}, "a/include/y.h", "b/include/y.h") == [("a/src/x.cu", "a/include/y.h")]


def test_equally_near_files_give_no_edge() -> None:
    assert edges({"c/x.cu": [quoted("y.h")]}, "a/y.h", "b/y.h") == []


def test_system_headers_are_not_files_of_the_codebase() -> None:
    assert edges({"x.cu": [bracketed("math.h"), bracketed("vector"), bracketed("cuda.h")]}, "own/math.h") == []


def test_one_edge_carries_every_line_that_shows_it() -> None:
    (edge,) = include_edges(
        {PurePosixPath("x.cu"): [quoted("y.h", 9), quoted("./y.h", 3), quoted("x.cu", 4)]},
        [PurePosixPath("x.cu"), PurePosixPath("y.h")],
    )

    assert edge.kind is EdgeKind.INCLUDE
    assert edge.evidence == ((PurePosixPath("x.cu"), 3), (PurePosixPath("x.cu"), 9))


def test_odd_texts_give_no_edge() -> None:
    assert edges({"x.cu": [quoted(""), quoted("/abs/y.h"), quoted(".."), quoted("MACRO")]}, "abs/y.h") == []


def test_a_header_without_a_suffix_belongs_to_the_library_of_its_neighbours() -> None:
    path = PurePosixPath("include/lib/x.cuh")
    lines = [bracketed("lib/detail/a.h", 1), bracketed("lib/detail/b.h", 2), bracketed("lib/detail/__config", 3)]
    lines += [bracketed("other/detail/__config", 4), bracketed("other/a.h", 5), quoted("config", 6)]
    files = [path, *(PurePosixPath(f"include/{name}") for name in ("lib/detail/a.h", "lib/detail/b.h", "other/a.h"))]
    found = include_edges({path: lines}, files)

    assert own_include_lines({path: lines}, found) == {(path, line) for line in (1, 2, 3, 5)}


def test_a_folder_of_which_most_headers_are_elsewhere_is_another_library() -> None:
    path = PurePosixPath("x.cu")
    lines = [bracketed(f"cutlass/{name}.h", line) for line, name in enumerate(("own", "a", "b"), 1)]

    assert own_include_lines({path: lines}, include_edges({path: lines}, [path, PurePosixPath("cutlass/own.h")])) == {
        (path, 1)
    }
