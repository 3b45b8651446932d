from pathlib import PurePosixPath

from portgauge.graph.calls import call_edges
from portgauge.graph.classes import Declared
from portgauge.graph.includes import Reach
from portgauge.matchers.facts import Call, Definition, Kin, Object
from portgauge.model.component import Edge, EdgeKind


def function(name: str, *scopes: str, member: bool = False, hidden: bool = False) -> Definition:
    return Definition(name=name, scopes=scopes, is_member=member, is_hidden=hidden, is_device=False, line=3)


def called(name: str, *scopes: str, line: int = 7) -> Call:
    return Call(name=name, scopes=scopes, lines=(line,))


def called_on_object(name: str, *classes: str, of: str = "", held: bool = False, needs_class: bool = False) -> Call:
    return Call(
        name=name,
        scopes=(),
        lines=(7,),
        is_on_object=True,
        classes=classes,
        object_name=of,
        is_held=held,
        needs_class=needs_class,
    )


def passed(name: str, *scopes: str) -> Call:
    return Call(name=name, scopes=scopes, lines=(7,), is_passed=True)


def include(source: str, target: str) -> Edge:
    return Edge(source=source, target=target, kind=EdgeKind.INCLUDE, evidence=((PurePosixPath(source), 1),))


def edges(
    functions: dict[str, list[Definition]],
    calls: dict[str, list[Call]],
    *includes: tuple[str, str],
    objects: dict[str, list[Object]] | None = None,
    kin: tuple[Kin, ...] = (),
) -> set[tuple[str, str]]:
    found = call_edges(
        {PurePosixPath(path): listed for path, listed in functions.items()},
        {PurePosixPath(path): listed for path, listed in calls.items()},
        reach=Reach(include(*pair) for pair in includes),
        declared=Declared(
            objects={PurePosixPath(path): listed for path, listed in (objects or {}).items()},
            kin={PurePosixPath("kin.h"): kin},
        ),
    )
    return {(edge.source, edge.target) for edge in found}


def test_a_call_means_the_function_of_another_file_and_shows_the_line() -> None:
    (edge,) = call_edges(
        {PurePosixPath("b.cu"): [function("scale")]},
        {PurePosixPath("a.cu"): [called("scale", line=12)]},
        reach=Reach(()),
    )

    assert (edge.source, edge.target, edge.kind) == ("a.cu", "b.cu", EdgeKind.CALL)
    assert edge.evidence == ((PurePosixPath("a.cu"), 12),)


def test_a_function_of_the_file_itself_is_meant_first() -> None:
    assert edges({"a.cu": [function("clamp")], "b.cu": [function("clamp")]}, {"a.cu": [called("clamp")]}) == set()


def test_an_included_function_is_meant_before_one_that_could_be_linked() -> None:
    functions = {"near/math.cuh": [function("clamp")], "a/other.cu": [function("clamp")]}

    assert edges(functions, {"a/a.cu": [called("clamp")]}, ("a/a.cu", "near/math.cuh")) == {("a/a.cu", "near/math.cuh")}


def test_a_hidden_function_is_meant_only_by_files_that_include_it() -> None:
    functions = {"b.cuh": [function("helper", hidden=True)]}

    assert edges(functions, {"a.cu": [called("helper")]}) == set()
    assert edges(functions, {"a.cu": [called("helper")]}, ("a.cu", "b.cuh")) == {("a.cu", "b.cuh")}


def test_a_plain_call_does_not_mean_a_member() -> None:
    functions = {"b.cu": [function("reset", "Pool", member=True)]}

    assert edges(functions, {"a.cu": [called("reset")]}) == set()
    assert edges(functions, {"a.cu": [called("reset", "Pool")]}) == {("a.cu", "b.cu")}


def test_scopes_as_written_must_end_the_scopes_of_the_function() -> None:
    functions = {"b.cu": [function("run", "app", "gpu")]}

    assert edges(functions, {"a.cu": [called("run", "gpu")]}) == {("a.cu", "b.cu")}
    assert edges(functions, {"a.cu": [called("run", "cpu")]}) == set()


def test_two_functions_that_fit_equally_well_give_no_edge() -> None:
    functions = {"x/b.cu": [function("init")], "y/b.cu": [function("init")]}

    assert edges(functions, {"a.cu": [called("init")]}) == set()


def test_of_two_linked_functions_the_nearer_folder_is_meant() -> None:
    functions = {"x/b.cu": [function("init")], "y/b.cu": [function("init")]}

    assert edges(functions, {"x/a.cu": [called("init")]}) == {("x/a.cu", "x/b.cu")}


def test_a_member_is_meant_when_the_header_of_its_class_is_included() -> None:
    functions = {"pool.cpp": [function("refill", "Pool", member=True)]}
    own = ("pool.cpp", "pool.h")

    assert edges(functions, {"a.cu": [called_on_object("refill")]}, own, ("a.cu", "pool.h")) == {("a.cu", "pool.cpp")}
    assert edges(functions, {"a.cu": [called_on_object("refill")]}, own) == set()


def test_the_header_of_a_class_that_is_called_otherwise_is_the_first_that_is_included() -> None:
    functions = {"part_pool.cpp": [function("refill", "Pool", member=True)]}
    own = ("part_pool.cpp", "pool.h")

    assert edges(functions, {"a.cu": [called_on_object("refill")]}, own, ("a.cu", "pool.h")) == {
        ("a.cu", "part_pool.cpp")
    }


def test_a_member_that_two_files_define_is_not_followed() -> None:
    functions = {path: [function("refill", "Pool", member=True)] for path in ("pool.cpp", "other.cpp")}
    includes = [("pool.cpp", "pool.h"), ("other.cpp", "other.h"), ("a.cu", "pool.h"), ("a.cu", "other.h")]

    assert edges(functions, {"a.cu": [called_on_object("refill")]}, *includes) == set()


def test_a_plain_function_is_not_meant_by_a_call_on_an_object() -> None:
    functions = {"pool.cpp": [function("refill")]}

    assert edges(functions, {"a.cu": [called_on_object("refill")]}, ("pool.cpp", "pool.h"), ("a.cu", "pool.h")) == set()


def test_an_object_that_is_made_calls_the_constructor() -> None:
    functions = {"pool.cpp": [function("Pool", "gpu", "Pool", member=True)]}

    assert edges(functions, {"a.cu": [called("Pool", "Pool")]}) == {("a.cu", "pool.cpp")}


def test_a_function_that_is_passed_is_meant_when_its_header_is_included() -> None:
    functions = {"work.cpp": [function("crunch")], "fold.cuh": [function("fold", "gpu")]}
    own = ("work.cpp", "work.h")
    calls = {"a.cu": [passed("crunch"), passed("fold", "gpu")]}

    assert edges(functions, calls, own, ("a.cu", "work.h"), ("a.cu", "fold.cuh")) == {
        ("a.cu", "work.cpp"),
        ("a.cu", "fold.cuh"),
    }


def test_a_passed_name_means_no_function_that_only_could_be_linked_no_member_and_none_of_two() -> None:
    member = {"pool.cuh": [function("refill", "Pool", member=True)]}
    two = {path: [function("crunch")] for path in ("one.cuh", "two.cuh")}

    assert edges({"work.cpp": [function("crunch")]}, {"a.cu": [passed("crunch")]}) == set()
    assert edges(member, {"a.cu": [passed("refill")]}, ("a.cu", "pool.cuh")) == set()
    assert edges(two, {"a.cu": [passed("crunch")]}, ("a.cu", "one.cuh"), ("a.cu", "two.cuh")) == set()


TWO_POOLS = {
    "pool.cpp": [function("refill", "Pool", member=True)],
    "queue.cpp": [function("refill", "Queue", member=True)],
}


def test_of_members_in_two_files_that_of_the_class_of_the_object_is_meant() -> None:
    assert edges(TWO_POOLS, {"a.cu": [called_on_object("refill", "Queue")]}) == {("a.cu", "queue.cpp")}


def test_the_class_of_an_object_that_an_included_header_declares_is_known() -> None:
    objects = {"app.h": [Object(name="pools", classes=("Store",), held=("Pool",))]}
    call = called_on_object("refill", of="pools", held=True)

    assert edges(TWO_POOLS, {"a.cu": [call]}, ("a.cu", "app.h"), objects=objects) == {("a.cu", "pool.cpp")}
    assert edges(TWO_POOLS, {"a.cu": [call]}, objects=objects) == set()


def test_a_member_that_other_libraries_have_too_is_meant_only_by_its_class() -> None:
    functions = {"pool.cpp": [function("clear", "Pool", member=True)]}
    includes = (("pool.cpp", "pool.h"), ("a.cu", "pool.h"))

    assert edges(functions, {"a.cu": [called_on_object("clear", needs_class=True)]}, *includes) == set()
    assert edges(functions, {"a.cu": [called_on_object("clear", "Pool", needs_class=True)]}, *includes) == {
        ("a.cu", "pool.cpp")
    }


def test_a_class_has_the_functions_of_what_it_is_an_alias_of_or_derived_from() -> None:
    functions = {
        "pool.cpp": [function("refill", "Pool", member=True), function("Pool", "Pool", member=True)],
        "near.cpp": [function("refill", "Near", member=True)],
    }
    kin = (Kin(name="pool_t", other="Base"), Kin(name="Base", other="Pool"))

    assert edges(functions, {"a.cu": [called_on_object("refill", "pool_t")]}, kin=kin) == {("a.cu", "pool.cpp")}
    assert edges(functions, {"a.cu": [called("pool_t", "pool_t")]}, kin=kin) == {("a.cu", "pool.cpp")}
    assert edges(functions, {"a.cu": [called("refill", "pool_t")]}, kin=kin) == {("a.cu", "pool.cpp")}


def test_a_circle_of_kin_ends() -> None:
    kin = (Kin(name="a_t", other="b_t"), Kin(name="b_t", other="a_t"))

    assert edges(TWO_POOLS, {"a.cu": [called_on_object("refill", "a_t")]}, kin=kin) == set()


def test_in_a_member_a_plain_call_means_a_member_of_the_same_class_first() -> None:
    functions = {"pool.cpp": [function("grow", "Pool", member=True)], "free.cpp": [function("grow")]}
    inside = Call(name="grow", scopes=(), lines=(7,), classes=("Pool",))

    assert edges(functions, {"pool.h": [inside]}) == {("pool.h", "pool.cpp")}
    assert edges(functions, {"a.cu": [called("grow")]}) == {("a.cu", "free.cpp")}


def test_a_class_that_is_called_is_its_constructor() -> None:
    functions = {"pool.cpp": [function("pool", "gpu", "pool", member=True)]}

    assert edges(functions, {"a.cu": [called("pool")]}) == {("a.cu", "pool.cpp")}
