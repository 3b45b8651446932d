"""The baseline: small, sorted, mergeable; and never looser by itself."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from builders import ANALYSED_AT
from portgauge.errors import UserError
from portgauge.history.baseline import (
    baseline_of,
    baseline_text,
    compare_with_baseline,
    read_baseline,
    tightened,
)
from portgauge.history.gate import Gates, read_gate
from portgauge.model.analysis import Analysis
from portgauge.model.rule import Severity
from portgauge.pipeline import default_settings, judge_inventory
from portgauge.rulebook.rulebook import Rulebook

FILES = {
    "a.cu": "void f(int *p) { cudaFree(p); cudaDeviceReset(); }\n",
    "b.cu": "__global__ void k(int *p) { p[0] = __ballot_sync(0xffffffffu, 1); }\n",
}
MORE = {**FILES, "c.cu": "void g(int *p) { cudaMallocManaged(&p, 4); }\n"}
Scan = Callable[..., Analysis]


@pytest.fixture
def scanned(take: Callable[..., object], rulebook: Rulebook) -> Scan:
    def analysis_of(files: dict[str, str]) -> Analysis:
        return judge_inventory(
            take(files),  # type: ignore[arg-type]
            rulebook=rulebook,
            settings=default_settings(rulebook, targets=("gfx942", "gfx1100")),
            analysed_at=ANALYSED_AT,
        )

    return analysis_of


def test_a_baseline_reads_back_as_it_was_written(scanned: Scan, tmp_path: Path) -> None:
    baseline = baseline_of(scanned(FILES))
    (tmp_path / "baseline").write_text(baseline_text(baseline))

    assert read_baseline(tmp_path / "baseline") == baseline


def test_a_baseline_is_sorted_with_a_line_for_each_finding_that_needs_somebody(scanned: Scan) -> None:
    analysis = scanned(MORE)
    lines = [line for line in baseline_text(baseline_of(analysis)).splitlines() if line[:20].isalnum()]
    needed = {f.site.fingerprint for f in analysis.findings if f.severity is not Severity.NONE}

    assert [line.split("\t")[2] for line in lines] == sorted(line.split("\t")[2] for line in lines)
    assert {line.split("\t")[0] for line in lines} == needed


def test_two_branches_that_mend_different_files_merge(scanned: Scan, tmp_path: Path) -> None:
    for name, files in (
        ("base", MORE),
        ("ours", {k: v for k, v in MORE.items() if k != "a.cu"}),
        ("theirs", {k: v for k, v in MORE.items() if k != "c.cu"}),
    ):
        text = baseline_text(baseline_of(scanned(files)))
        (tmp_path / name).write_text("".join(x for x in text.splitlines(True) if not x.startswith("target")))

    merged = subprocess.run(("git", "merge-file", "-p", "ours", "base", "theirs"), cwd=tmp_path, capture_output=True)

    assert merged.returncode == 0
    assert b"a.cu" not in merged.stdout
    assert b"c.cu" not in merged.stdout
    assert b"b.cu" in merged.stdout


def test_what_came_is_new_and_what_went_is_gone(scanned: Scan) -> None:
    against = compare_with_baseline(scanned(MORE), baseline_of(scanned(FILES)))
    back = compare_with_baseline(scanned(FILES), baseline_of(scanned(MORE)))

    assert [site.rule_id for site in against.new if site.rule_id.startswith("runtime/")] == [
        "runtime/cudaMallocManaged"
    ]
    assert {str(site.path) for site in against.new} == {"c.cu"}
    assert {each.path for each in back.gone} == {"c.cu"}
    assert (against.gone, back.new) == ((), ())


def test_a_renamed_file_is_not_new(scanned: Scan) -> None:
    moved = {"deep/z.cu" if name == "a.cu" else name: text for name, text in FILES.items()}

    against = compare_with_baseline(scanned(moved), baseline_of(scanned(FILES)))

    assert (against.new, against.gone) == ((), ())


def test_a_rule_that_looks_for_something_else_makes_nothing_new(scanned: Scan) -> None:
    analysis = scanned(MORE)
    baseline = baseline_of(scanned(FILES))
    older = replace(baseline, looked_for=dict.fromkeys(baseline.looked_for, "0" * 8))

    against = compare_with_baseline(analysis, older)

    assert against.new == ()
    assert {str(site.path) for site in against.not_comparable} == {"c.cu"}


def test_a_baseline_of_another_codebase_is_refused(scanned: Scan) -> None:
    other = baseline_of(scanned({"x.cu": FILES["a.cu"]}))

    with pytest.raises(UserError, match="of another codebase"):
        compare_with_baseline(scanned(FILES), other)


def test_a_baseline_of_another_codebase_is_refused_though_a_build_file_has_the_same_name(scanned: Scan) -> None:
    build = {"CMakeLists.txt": "project(x LANGUAGES CXX CUDA)\n"}
    analysis = scanned({**FILES, **build})
    other = replace(baseline_of(scanned({"x.cu": FILES["a.cu"], "y.cu": MORE["c.cu"], **build})), codebase="other")
    clone = replace(baseline_of(analysis), codebase="other")

    with pytest.raises(UserError, match=r"another codebase \(other\): .* has only 1 of its 3 files"):
        compare_with_baseline(analysis, other)
    assert compare_with_baseline(analysis, clone).new == ()


def test_tightening_never_loosens_one_figure_because_another_fell(scanned: Scan) -> None:
    analysis = scanned(FILES)
    loose = baseline_of(analysis)
    states = tuple(
        replace(state, verdict="already", grade="A", hours_p50=state.hours_p50 + 9) for state in loose.states
    )
    now = {state.target: state.hours_p50 for state in loose.states}

    after = tightened(replace(loose, states=states), analysis)

    assert [(each.verdict, each.grade) for each in after.states] == [("already", "A")] * 2
    assert [each.hours_p50 for each in after.states] == [now[each.target] for each in after.states]


def test_of_two_lines_for_a_target_that_a_merge_left_the_stricter_holds(scanned: Scan, tmp_path: Path) -> None:
    text = baseline_text(baseline_of(scanned(FILES)))
    (tmp_path / "baseline").write_text(text + "target\tgfx942\tblocked\tA\t1.50\n")

    state = read_baseline(tmp_path / "baseline").state("gfx942")

    assert state is not None
    assert (state.verdict, state.grade, state.hours_p50) == ("portable", "A", 1.5)


def test_tightening_takes_out_what_is_gone_and_takes_in_nothing(scanned: Scan) -> None:
    before = baseline_of(scanned(FILES))
    now = scanned({"b.cu": FILES["b.cu"], "c.cu": MORE["c.cu"]})

    after = tightened(before, now)

    assert {each.path for each in after.accepted} == {"b.cu"}
    assert all(a.hours_p50 <= b.hours_p50 for a, b in zip(after.states, before.states, strict=True))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda t: "", ":1: expected the line `portgauge baseline 1`"),
        (lambda t: t.replace("baseline 1", "baseline 9", 1), "made by a newer portgauge"),
        (lambda t: t.replace("codebase\t", "<<<<<<< ours\ncodebase\t"), ":2: a conflict that git left"),
        (lambda t: t + "what is this\n", "no line of a baseline: 'what is this'"),
        (lambda t: "\n".join(x for x in t.splitlines() if not x.startswith("target")), "a line is missing: target"),
        (lambda t: "\x00\xff" * 100, "expected the line"),
    ],
)
def test_a_damaged_baseline_is_refused_with_its_line(
    scanned: Scan, tmp_path: Path, damage: Callable[[str], str], said: str
) -> None:
    (tmp_path / "baseline").write_text(damage(baseline_text(baseline_of(scanned(FILES)))))

    with pytest.raises(UserError, match=said.replace("(", "\\(")):
        read_baseline(tmp_path / "baseline")


@pytest.mark.parametrize(
    ("gate", "is_met"),
    [
        ("severity:low", True),
        ("severity:critical", False),
        ("hours:1", True),
        ("hours:100000", False),
        ("verdict:portable", True),
        ("verdict:blocked", False),
        ("grade:A", True),
        ("grade:E", False),
        ("gfx1100:severity:low", True),
    ],
)
def test_gates_without_a_baseline_ask_about_everything(scanned: Scan, gate: str, is_met: bool) -> None:
    assert Gates(scanned(FILES), None).ask(read_gate(gate)).is_met is is_met


@pytest.mark.parametrize("gate", ["new:1", "severity:low", "hours:+0", "verdict:portable", "grade:A", "gfx1100:new:1"])
def test_nothing_is_held_against_what_the_baseline_has(scanned: Scan, gate: str) -> None:
    analysis = scanned(FILES)

    assert not Gates(analysis, baseline_of(analysis)).ask(read_gate(gate)).is_met


@pytest.mark.parametrize(
    ("gate", "is_met"),
    [("new:1", True), ("new:9", False), ("severity:low", True), ("hours:+0", True), ("hours:+500", False)],
)
def test_what_is_worse_than_the_baseline_meets_a_gate(scanned: Scan, gate: str, is_met: bool) -> None:
    answer = Gates(scanned(MORE), baseline_of(scanned(FILES))).ask(read_gate(gate))

    assert answer.is_met is is_met
    assert gate.startswith("hours") or "c.cu:1 " in answer.words or not is_met


def test_hours_of_another_rulebook_are_not_held_against_the_code(scanned: Scan) -> None:
    baseline = replace(baseline_of(scanned(FILES)), rulebook_digest="0" * 12)
    gates = Gates(scanned(MORE), baseline)

    assert not gates.ask(read_gate("hours:+0")).is_met
    assert "made with other rules" in gates.notes()[0]


@pytest.mark.parametrize(
    "text", ["", "x", "new:0", "new:-1", "hours:", "hours:+x", "grade:F", "severity:none", "a:b:new:1"]
)
def test_what_is_no_gate_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UserError, match="is no gate; expected severity:critical"):
        read_gate(text)


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("new:1", "needs --baseline FILE"),
        ("hours:+1", "needs --baseline FILE"),
        ("gfx90a:grade:D", "the scan is for gfx942, gfx1100; add --target gfx90a"),
    ],
)
def test_a_gate_that_cannot_be_asked_says_what_is_missing(scanned: Scan, gate: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        Gates(scanned(FILES), None).ask(read_gate(gate))
