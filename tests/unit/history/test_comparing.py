"""Two analyses compared: what changed, and whether the code, the rulebook or the tool moved."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from builders import ANALYSED_AT
from portgauge.history.comparing import Judged, compare
from portgauge.history.pairing import pair_sites
from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.comparison import Cause, Change, Comparison
from portgauge.model.rule import Severity
from portgauge.pipeline import default_settings, judge_inventory
from portgauge.rulebook.rulebook import Rulebook

KERNELS = """__global__ void first(int *p) { p[threadIdx.x % 32] = __shfl_down_sync(0xffffffffu, 1, 1); }
__global__ void second(int *p) { p[0] = __ballot_sync(0xffffffffu, 1); }
"""
HOST = """#include <cuda_runtime.h>
void make(int *p) { cudaMalloc(&p, 4); cudaMallocManaged(&p, 4); }
void drop(int *p) { cudaFree(p); cudaFree(p); }
"""
FILES = {"src/kernels.cu": KERNELS, "src/host.cu": HOST}

Take = Callable[..., Inventory]
Compare = Callable[..., Comparison]


@pytest.fixture
def judge(rulebook: Rulebook) -> Callable[..., Analysis]:
    def judged(inventory: Inventory, *, by: Rulebook = rulebook, **settings: object) -> Analysis:
        asked = replace(default_settings(by), **settings)
        return judge_inventory(inventory, rulebook=by, settings=asked, analysed_at=ANALYSED_AT)

    return judged


@pytest.fixture
def compared(judge: Callable[..., Analysis]) -> Compare:
    """``compared(old, new)``: inventories, or analyses as they were judged then."""

    def comparison(old: Inventory | Analysis, new: Inventory | Analysis, **options: object) -> Comparison:
        before = old if isinstance(old, Analysis) else judge(old)
        after = new if isinstance(new, Analysis) else judge(new)
        sides = [
            Judged(
                name=name,
                then=then,
                anew=judge(then.inventory, **_asked(then)),
                as_asked_now=judge(then.inventory, **_asked(after)),
            )
            for name, then in (("old", before), ("new", after))
        ]
        return compare(*sides, judge=lambda inventory: judge(inventory, **_asked(after)), **options)  # type: ignore[arg-type]

    return comparison


def _asked(analysis: Analysis) -> dict[str, object]:
    return {"tests": analysis.settings.tests, "rocm_version": analysis.settings.rocm_version}


def rules_of(comparison: Comparison, change: Change) -> list[str]:
    return [each.site.rule_id for each in comparison.changes if each.change is change]


def causes_of(comparison: Comparison) -> set[Cause]:
    return {each.cause for each in comparison.changes}


def changed_table(rulebook: Rulebook, name: str, **changes: object) -> Rulebook:
    return replace(
        rulebook,
        tables={**rulebook.tables, name: replace(rulebook.tables[name], **changes)},
        digest="another",
    )


def test_equal_analyses_differ_in_nothing(take: Take, compared: Compare) -> None:
    comparison = compared(take(FILES), take(FILES))

    assert comparison.is_empty
    assert comparison.changes == ()
    assert comparison.unchanged_sites == comparison.new.sites > 0
    assert all(each.hours_p50 == 0 for each in comparison.causes)


def test_comments_indentation_and_order_are_no_difference(take: Take, compared: Compare) -> None:
    lines = KERNELS.splitlines()
    reordered = f"// note\r\n\r\n  {lines[1]}\r\n// note\r\n\t{lines[0]}\r\n"

    comparison = compared(take(FILES), take({**FILES, "src/kernels.cu": reordered}))

    assert comparison.changes == ()


def test_a_call_more_and_a_call_less_are_added_and_fixed_by_the_code(take: Take, compared: Compare) -> None:
    edited = HOST.replace("cudaFree(p); cudaFree(p);", "cudaFree(p); cudaDeviceReset();")

    comparison = compared(take(FILES), take({**FILES, "src/host.cu": edited}))

    assert rules_of(comparison, Change.ADDED) == ["runtime/cudaDeviceReset"]
    assert rules_of(comparison, Change.FIXED) == ["runtime/cudaFree"]
    assert causes_of(comparison) == {Cause.CODE}


def test_the_hours_of_the_causes_add_up_to_the_difference(take: Take, compared: Compare) -> None:
    more = {**FILES, "lib/more.cu": KERNELS.replace("first", "third").replace("second", "fourth")}

    comparison = compared(take(FILES), take(more))

    difference = comparison.new.hours_p50 - comparison.old.hours_p50
    assert difference > 0
    assert comparison.hours_of(Cause.CODE) == pytest.approx(difference)
    assert sum((c.new_p50 or 0) - (c.old_p50 or 0) for c in comparison.components) == pytest.approx(difference)
    for component in comparison.components:
        assert sum(each.hours_p50 for each in component.causes) == pytest.approx(
            (component.new_p50 or 0) - (component.old_p50 or 0)
        )


def test_the_comparison_turned_round_is_its_mirror(take: Take, compared: Compare) -> None:
    old = take({**FILES, "src/gone.cu": "void gone(int *p) { cudaHostAlloc(&p, 4, 0); cudaFreeHost(p); }\n"})
    new = take(
        {
            "src/kernels.cu": KERNELS.replace("% 32", "% 16").replace("second", "renamed"),
            "src/host.cu": HOST + "void more() { cudaDeviceSynchronize(); }\n",
        }
    )
    there, back = compared(old, new), compared(new, old)

    def turned(changes: Comparison) -> list[tuple[object, ...]]:
        swapped = {Change.ADDED: Change.FIXED, Change.FIXED: Change.ADDED}
        return sorted((swapped.get(c.change, c.change), str(c.new), str(c.old), c.cause) for c in changes.changes)

    assert there.changes
    assert turned(there) == sorted((c.change, str(c.old), str(c.new), c.cause) for c in back.changes)
    assert {c.cause: -c.hours_p50 for c in there.causes} == pytest.approx({c.cause: c.hours_p50 for c in back.causes})


def test_a_renamed_file_moves_its_findings(take: Take, compared: Compare) -> None:
    comparison = compared(take(FILES), take({"src/kernels.cu": KERNELS, "lib/memory.cu": HOST}))

    assert {each.change for each in comparison.changes} == {Change.MOVED}
    assert comparison.renames == (("src/host.cu", "lib/memory.cu"),)


def test_a_renamed_and_edited_file_is_found_by_its_sites(take: Take, compared: Compare) -> None:
    edited = HOST.replace("cudaMallocManaged(&p, 4);", "cudaDeviceReset();")

    comparison = compared(take(FILES), take({"src/kernels.cu": KERNELS, "lib/memory.cu": edited}))

    assert rules_of(comparison, Change.ADDED) == ["runtime/cudaDeviceReset"]
    assert "runtime/cudaFree" in rules_of(comparison, Change.MOVED)


def test_a_function_that_moves_to_another_file_moves_its_findings(take: Take, compared: Compare) -> None:
    first, second = KERNELS.splitlines(keepends=True)

    comparison = compared(
        take(FILES), take({"src/kernels.cu": first, "src/host.cu": HOST, "src/other.cu": "int x;\n" + second})
    )

    assert {each.change for each in comparison.changes} == {Change.MOVED}
    assert {str(each.site.path) for each in comparison.changes} == {"src/other.cu"}


def test_git_renames_are_followed_where_nothing_else_shows_them(take: Take, compared: Compare) -> None:
    old, new = take({"a.cu": "int *f() { cudaFree(p); }\n"}), take({"b.cu": "int *g() { cudaFree(p); }\n"})

    assert rules_of(compared(old, new), Change.ADDED) == ["runtime/cudaFree"]
    assert rules_of(compared(old, new, renames={"a.cu": "b.cu"}), Change.MOVED) == ["runtime/cudaFree"]


def test_new_knowledge_rejudges_and_is_no_progress(
    take: Take, compared: Compare, judge: Callable[..., Analysis], rulebook: Rulebook
) -> None:
    dearest = max((c for c in rulebook.effort.classes.values() if c.per == "site"), key=lambda c: c.hipify.p50)
    harder = tuple(
        replace(line, severity=Severity.CRITICAL, effort_class=dearest.name)
        for line in rulebook.tables["runtime"].judgement
    )
    then = judge(take(FILES), by=changed_table(rulebook, "runtime", judgement=harder))

    comparison = compared(then, take(FILES))

    assert {(each.change, each.cause) for each in comparison.changes} == {(Change.REJUDGED, Cause.KNOWLEDGE)}
    assert comparison.hours_of(Cause.CODE) == 0
    assert comparison.hours_of(Cause.KNOWLEDGE) < 0
    assert any("knowledge" in note for note in comparison.notes)


def test_other_settings_are_neither_code_nor_knowledge(
    take: Take, compared: Compare, judge: Callable[..., Analysis]
) -> None:
    comparison = compared(judge(take(FILES), tests="yes"), judge(take(FILES), tests="no"))

    assert comparison.hours_of(Cause.SETTINGS) > 0
    assert comparison.hours_of(Cause.CODE) == comparison.hours_of(Cause.KNOWLEDGE) == 0


def test_what_was_not_looked_for_is_not_comparable(take: Take, compared: Compare, rulebook: Rulebook) -> None:
    new = take(FILES)
    gone = {site.rule_id for site in new.sites if site.rule_id in rulebook.patterns}
    old = replace(
        new,
        sites=tuple(site for site in new.sites if site.rule_id not in gone),
        looked_for=tuple((rule, digest) for rule, digest in new.looked_for if rule not in gone),
    )

    comparison = compared(old, new)

    assert gone
    assert comparison.hours_of(Cause.NOT_COMPARABLE) > 0
    assert set(rules_of(comparison, Change.ADDED)) == gone
    assert causes_of(comparison) == {Cause.NOT_COMPARABLE}
    assert comparison.hours_of(Cause.CODE) == pytest.approx(0)


def test_another_finding_in_the_same_file_by_another_version_is_the_tools(
    take: Take, compared: Compare, judge: Callable[..., Analysis]
) -> None:
    new = take(FILES)
    old = replace(judge(replace(new, sites=new.sites[1:])), tool_version="0.0.9")

    comparison = compared(old, new)

    assert [(each.change, each.cause) for each in comparison.changes] == [(Change.ADDED, Cause.TOOL)]


def test_different_codebases_are_named(take: Take, compared: Compare) -> None:
    comparison = compared(replace(take(FILES), codebase="other"), take(FILES))

    assert "different names (other, codebase)" in comparison.notes[0]


def test_pairs_are_the_same_in_both_directions_when_files_are_alike(take: Take) -> None:
    host = "void f(int *p) { cudaFree(p); cudaMalloc(&p, 4); cudaDeviceReset(); }\n"
    old = take({f"old/{name}.cu": host + f"// {name}\n" for name in "abc"})
    new = take({f"new/{name}.cu": host + f"// {name}{name}\n" for name in "xyz"})

    there, back = pair_sites(old, new, renames={}), pair_sites(new, old, renames={})

    assert there.renames
    assert there.renames == {later: earlier for earlier, later in back.renames.items()}
