"""The measures on small graphs by hand, and what must hold on any graph."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portgauge.model.component import Edge, EdgeKind
from portgauge.planning.measures import CutLine, measure
from portgauge.planning.parts import Part


def part(
    name: str,
    *needs: str,
    hours: float = 1.0,
    kernels: int = 1,
    wave: int = 1,
    decisions: tuple[str, ...] = (),
    runs: bool = False,
) -> Part:
    return Part(
        name=name,
        depends_on=needs,
        wave=wave,
        hours_p50=hours,
        kernels=kernels,
        decisions=decisions,
        is_held_up=bool(decisions),
        is_test=False,
        runs=runs,
    )


CHAIN = (
    part("core", hours=8),
    part("io", hours=2, kernels=0),
    part("infer", "core", hours=20, wave=2, decisions=("tensorrt",)),
    part("solver", "core", hours=5, wave=2, kernels=2),
    part("app", "infer", "solver", "io", hours=1, wave=3, kernels=0),
    part("bench", "solver", hours=0, wave=3, kernels=0),
)


def test_the_longest_chain_is_the_one_with_the_most_hours() -> None:
    measures = measure(CHAIN)

    assert measures.critical_path == ("core", "infer", "app")
    assert measures.critical_hours_p50 == 29
    assert measures.hours_p50 == 36


def test_a_decision_holds_up_its_part_and_what_needs_it() -> None:
    (blocked,) = measure(CHAIN).blocked

    assert blocked.holders == ("infer",)
    assert blocked.waiting == ("infer", "app")
    assert blocked.hours_p50 == 21


def test_today_is_what_waits_for_no_decision() -> None:
    measures = measure(CHAIN)

    assert measures.today == ("core", "io", "solver")
    assert measures.today_hours_p50 == 15
    assert measures.today_kernels == 3


def test_the_first_thing_to_run_is_the_cheapest_that_no_other_needs() -> None:
    measures = measure(CHAIN)

    assert measures.first_runs == "bench"
    assert measures.first == ("core", "solver")
    assert measures.first_hours_p50 == 13


def test_a_program_runs_first_even_where_another_uses_its_files_and_a_lone_folder_is_cheaper() -> None:
    measures = measure(
        (
            part("core", hours=8),
            part("folder", hours=1),
            part("demo", "core", hours=2, wave=2, runs=True),
            part("match", "core", "demo", hours=1, wave=3, runs=True),
        )
    )

    assert measures.first_runs == "demo"
    assert measures.first == ("core", "demo")


def test_the_hub_unblocks_most() -> None:
    measures = measure(CHAIN)

    assert measures.hub == "core"
    assert measures.hub_unblocks == ("infer", "solver", "app")
    assert measures.hub_hours_p50 == 26


def test_the_cut_names_the_dependencies_on_what_is_held_up() -> None:
    places = tuple((PurePosixPath("app.cpp"), line) for line in (3, 9))
    cut = measure(CHAIN, [Edge(source="app", target="infer", kind=EdgeKind.INCLUDE, evidence=places)]).cut

    assert cut is not None
    assert cut.lines == (CutLine(source="app", target="infer", places=2),)
    assert cut.held_up == ("infer",)
    assert cut.kernel_share == pytest.approx(3 / 4)
    assert cut.hours_share == pytest.approx(16 / 36)


def test_nothing_is_said_of_no_parts() -> None:
    measures = measure(())

    assert (measures.waves, measures.critical_path, measures.first_runs, measures.hub, measures.cut) == (
        (), (), "", "", None,
    )  # fmt: skip


def test_parts_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="app stands before"):
        measure((part("app", "core"), part("core")))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Part, ...]:
    """Return parts in order, each with needs among the ones before it."""
    parts: list[Part] = []
    for number in range(draw(st.integers(0, 14))):
        needs = draw(st.lists(st.sampled_from(parts), unique_by=lambda p: p.name, max_size=4)) if parts else []
        parts.append(
            part(
                f"p{number}",
                *(needed.name for needed in needs),
                hours=draw(st.sampled_from((0.0, 1.0, 4.5, 30.0))),
                kernels=draw(st.integers(0, 3)),
                wave=1 + max((needed.wave for needed in needs), default=0),
                decisions=draw(st.sampled_from(((), (), (), ("optix",), ("tensorrt", "optix")))),
                runs=draw(st.sampled_from((False, False, True))),
            )
        )
    return tuple(parts)


def needs_of(parts: tuple[Part, ...], name: str) -> set[str]:
    """Return a part and everything that it needs, the slow and plain way."""
    by_name = {each.name: each for each in parts}
    return {name}.union(*(needs_of(parts, needed) for needed in by_name[name].depends_on))


@settings(deadline=None)
@given(graphs())
def test_what_can_move_today_needs_nothing_that_is_held_up(parts: tuple[Part, ...]) -> None:
    held_up = {each.name for each in parts if each.is_held_up}
    today = set(measure(parts).today)

    assert today == {each.name for each in parts if each.has_work and not needs_of(parts, each.name) & held_up}


@settings(deadline=None)
@given(graphs())
def test_no_chain_is_longer_than_the_longest(parts: tuple[Part, ...]) -> None:
    by_name = {each.name: each for each in parts}

    def longest(name: str) -> float:
        return by_name[name].hours_p50 + max(map(longest, by_name[name].depends_on), default=0.0)

    measures = measure(parts)

    assert measures.critical_hours_p50 == max((longest(each.name) for each in parts), default=0.0)
    assert sum(by_name[name].hours_p50 for name in measures.critical_path) == measures.critical_hours_p50


@settings(deadline=None)
@given(graphs())
def test_no_other_first_thing_is_cheaper(parts: tuple[Part, ...]) -> None:
    by_name = {each.name: each for each in parts}
    needed = {name for each in parts for name in each.depends_on}
    free = [
        each
        for each in parts
        if not any(by_name[name].is_held_up for name in needs_of(parts, each.name))
        and any(by_name[name].kernels for name in needs_of(parts, each.name))
        and any(by_name[name].hours_p50 for name in needs_of(parts, each.name))
    ]
    programs = [each for each in free if each.runs]
    ways = [needs_of(parts, each.name) for each in programs or free if each.runs or each.name not in needed]
    measures = measure(parts)

    assert bool(measures.first_runs) == bool(ways)
    if ways:
        assert measures.first_hours_p50 == min(sum(by_name[name].hours_p50 for name in way) for way in ways)


@settings(deadline=None)
@given(graphs())
def test_a_decision_holds_up_exactly_what_needs_its_holders(parts: tuple[Part, ...]) -> None:
    for blocked in measure(parts).blocked:
        holders = {each.name for each in parts if blocked.decision in each.decisions}

        assert set(blocked.waiting) == {
            each.name for each in parts if each.has_work and needs_of(parts, each.name) & holders
        }


@settings(deadline=None)
@given(graphs())
def test_after_the_cut_nothing_free_needs_what_is_held_up(parts: tuple[Part, ...]) -> None:
    cut = measure(parts).cut
    separated = {(line.source, line.target) for line in cut.lines} if cut else set()
    held_up = {each.name for each in parts if each.is_held_up}

    for each in parts:
        if each.name not in held_up:
            assert {name for name in each.depends_on if (each.name, name) not in separated} & held_up == set()
