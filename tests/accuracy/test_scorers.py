"""The scorers on cases that were counted by hand; no checkout is needed."""

import math
from pathlib import Path, PurePosixPath

import pytest

from accuracy import trial
from accuracy.__main__ import main
from accuracy.curve import curve
from accuracy.labels import HECBENCH_COMMIT, LabelledFile, LabelledProject, lines_of_ranges, read_files, read_projects
from accuracy.line_scores import FlaggedLines, LineScores, count_lines, flagged_lines, score_programs, score_rules
from accuracy.measures import Counted, average_ranks, interval, spearman
from accuracy.verdict_scores import Prediction, VerdictScores, score_blockers, score_obstacles
from accuracy.word_search import WordCounts, count_words, has_blocker, is_vendored
from builders import make_finding, make_location, make_site
from portgauge.model.analysis import VerdictWord
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Confidence, FailureMode, Severity

A, P, B = VerdictWord.ALREADY, VerdictWord.PORTABLE, VerdictWord.BLOCKED


def test_precision_recall_and_f1_of_counts() -> None:
    counted = Counted(right=3, wrong=1, missed=2)

    assert (counted.precision, counted.recall) == (0.75, 0.6)
    assert counted.f1 == pytest.approx(2 / 3)


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert math.isnan(Counted(right=0, wrong=0, missed=2).precision)
    assert Counted(right=0, wrong=0, missed=2).f1 == 0


def test_equal_numbers_share_the_mean_of_their_ranks() -> None:
    assert average_ranks([10, 20, 10, 30]) == [1.5, 3, 1.5, 4]


def test_spearman_sees_order_not_size() -> None:
    assert spearman([1, 2, 3], [10, 100, 1000]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))


def test_the_interval_of_a_constant_has_no_width() -> None:
    assert interval([1, 1, 1, 1, 1], lambda cases: sum(cases) / len(cases)) == (1, 1)
    assert all(math.isnan(bound) for bound in interval([1, 0], lambda cases: sum(cases) / len(cases)))


def test_ranges_hold_both_ends() -> None:
    assert lines_of_ranges("5-7;13") == {5, 6, 7, 13}
    assert lines_of_ranges("") == frozenset()


def test_an_ignored_line_is_neither_right_nor_wrong() -> None:
    counted = count_lines(frozenset({1, 2, 3}), wanted=frozenset({1, 9}), ignored=frozenset({2}))

    assert counted == Counted(right=1, wrong=1, missed=1)


def make_file(**changes: object) -> LabelledFile:
    given: dict[str, object] = {
        "program": "p",
        "path": "p.cu",
        "line_count": 20,
        "code_lines": 20,
        "mechanical": frozenset({1, 2}),
        "residual": frozenset({5}),
        "unrelated": frozenset({8}),
    }
    return LabelledFile(**(given | changes))  # type: ignore[arg-type]


def test_a_residual_line_is_found_only_by_a_finding_that_is_not_automatic() -> None:
    renamed_only = {"p.cu": FlaggedLines(every=frozenset({1, 5, 8, 12}), not_automatic=frozenset({12}))}

    (score,) = score_programs([make_file()], renamed_only, blank={})

    assert score.changed == Counted(right=2, wrong=1, missed=1)
    assert score.residual == Counted(right=0, wrong=1, missed=1)


def test_work_flagged_on_a_mechanical_line_is_told_beside_the_score() -> None:
    flagged = {"p.cu": FlaggedLines(every=frozenset({1, 5}), not_automatic=frozenset({1, 5}))}

    (score,) = score_programs([make_file()], flagged, blank={})

    assert score.residual == Counted(right=1, wrong=0, missed=0)
    assert score.mechanical_flagged_as_work == 1


def test_macro_recall_is_the_mean_over_programs_that_have_residual_lines() -> None:
    files = [
        make_file(program="a", path="a.cu", residual=frozenset({5})),
        make_file(program="b", path="b.cu", residual=frozenset({5, 6})),
        make_file(program="c", path="c.cu", residual=frozenset()),
    ]
    lines = FlaggedLines(every=frozenset({5}), not_automatic=frozenset({5}))

    scores = LineScores(programs=score_programs(files, {"a.cu": lines, "b.cu": lines}, blank={}))

    assert scores.macro_recall_residual() == pytest.approx(0.75)
    assert (scores.detected(), scores.falsely_detected()) == (2, 0)
    assert scores.without("b").macro_recall_residual() == 1


def test_a_finding_without_severity_flags_no_line_and_a_long_one_its_first() -> None:
    def at(line: int, end_line: int, severity: Severity, automation: Automation) -> object:
        location = make_location(path=PurePosixPath("k.cu"), line=line, end_line=end_line)
        return make_finding(site=make_site(location=location), severity=severity, automation=automation)

    found = flagged_lines(
        [
            at(1, 1, Severity.NONE, Automation.AUTOMATIC),  # type: ignore[list-item]
            at(3, 4, Severity.LOW, Automation.AUTOMATIC),  # type: ignore[list-item]
            at(10, 60, Severity.HIGH, Automation.MANUAL),  # type: ignore[list-item]
        ]
    )

    (flagged,) = found.values()
    assert (flagged.every, flagged.not_automatic) == ({3, 4, 10}, {10})


def test_a_hazard_that_the_port_left_is_a_class_of_its_own() -> None:
    lines = FlaggedLines(
        every=frozenset({1, 5, 8, 11, 12, 13}),
        not_automatic=frozenset({1, 5, 8, 11, 12, 13}),
        must_change=frozenset({5, 13}),
    )

    scores = LineScores(programs=score_programs([make_file()], {"p.cu": lines}, blank={}))

    assert scores.residual == Counted(right=1, wrong=3, missed=0)
    assert scores.programs[0].left_as_is == 2
    assert scores.precision_but_left_as_is(scores.residual) == pytest.approx(1 / 2)


def test_a_rule_is_wrong_on_a_line_that_the_port_left_alone_unless_the_line_is_blank() -> None:
    location = make_location(path=PurePosixPath("p.cu"), line=4, end_line=8)
    found = make_finding(site=make_site(location=location), severity=Severity.HIGH, automation=Automation.MANUAL)

    (score,) = score_rules([found], [make_file()], {"p.cu": frozenset({7})}, only_work=True)

    assert (score.right, score.wrong, score.examples_wrong) == (1, 2, ("p.cu:4", "p.cu:6"))


def test_programs_are_listed_by_the_residual_lines_that_were_missed() -> None:
    files = [
        make_file(program=name, path=f"{name}.cu", residual=frozenset(range(3, 3 + n)))
        for name, n in (("a", 1), ("b", 3))
    ]

    scores = LineScores(programs=score_programs(files, {}, blank={}))

    assert [(program.program, program.residual.missed) for program in scores.most_missed()] == [("b", 3), ("a", 1)]


def test_the_truth_of_a_line_in_one_word() -> None:
    assert [make_file().truth_of(line) for line in (1, 5, 8, 9)] == ["mechanical", "residual", "unrelated", "unchanged"]


def test_without_checkouts_one_message_says_what_to_get(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("PORTGAUGE_HECBENCH", "PORTGAUGE_MOAT"):
        monkeypatch.delenv(name, raising=False)

    assert main([]) == 2

    told = capsys.readouterr().err
    assert HECBENCH_COMMIT in told
    assert all(project.commit in told for project in read_projects())


def test_accuracy_and_macro_f1_of_verdicts() -> None:
    scores = VerdictScores(pairs=((A, A), (A, P), (P, P), (B, B)))

    assert (scores.right, scores.accuracy) == (3, 0.75)
    assert scores.f1(A) == pytest.approx(2 / 3)
    assert scores.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_two_ways_of_judging_are_compared_on_the_rows_where_they_differ() -> None:
    ours = VerdictScores(pairs=((A, A), (A, P), (P, P), (B, B), (B, B)))
    theirs = VerdictScores(pairs=((A, A), (A, A), (P, A), (B, P), (B, P)))

    assert ours.beside(theirs) == (3, 1, pytest.approx(2 * (1 + 4) / 16))
    assert ours.beside(ours) == (0, 0, 1)


def make_project(**changes: object) -> LabelledProject:
    given: dict[str, object] = {
        "project": "x",
        "repository": "o/x",
        "commit": "0",
        "confidence": "high",
        "outcome": "ported",
        "word": P,
        "has_adopted_port": True,
        "blockers": frozenset(),
        "obstacles": frozenset({"warp-size", "curand"}),
        "weak_obstacles": frozenset({"cufft"}),
    }
    return LabelledProject(**(given | changes))  # type: ignore[arg-type]


def make_prediction(**changes: frozenset[str]) -> Prediction:
    given = {"blockers": frozenset[str](), "obstacles": frozenset[str]()} | changes
    return Prediction(word=P, why="", blockers=given["blockers"], obstacles=given["obstacles"])


def test_a_predicted_obstacle_that_is_weak_in_the_truth_is_neither_right_nor_wrong() -> None:
    said = {"o/x": make_prediction(obstacles=frozenset({"warp-size", "cufft", "nccl"}))}

    scores = score_obstacles([make_project()], said)

    assert scores.together == Counted(right=1, wrong=1, missed=1)


def test_blockers_are_scored_on_blocked_projects_only() -> None:
    blocked = make_project(repository="o/b", outcome="blocked", word=B, blockers=frozenset({"optix", "ptx-mma"}))
    said = {
        "o/x": make_prediction(blockers=frozenset({"optix"})),
        "o/b": make_prediction(blockers=frozenset({"optix"})),
    }

    scores = score_blockers([make_project(), blocked], said)

    assert scores.together == Counted(right=1, wrong=0, missed=1)
    assert (scores.projects, scores.at_least_one_right) == (1, 1)


@pytest.mark.parametrize(
    ("markers", "blockers", "rule_a", "rule_b"),
    [(0, 0, P, P), (1, 0, A, A), (1, 3, A, B), (2, 3, A, A), (0, 1, B, B)],
)
def test_the_word_rules_decide_as_published(
    markers: int, blockers: int, rule_a: VerdictWord, rule_b: VerdictWord
) -> None:
    counts = WordCounts(files_with_markers=markers, files_with_blockers=blockers)

    assert (counts.rule_a(), counts.rule_b()) == (rule_a, rule_b)


def test_a_blocker_word_counts_in_cuda_code_only() -> None:
    word = b'asm("mma.sync.aligned");'

    assert has_blocker(PurePosixPath("k.cu"), word)
    assert not has_blocker(PurePosixPath("k.cu"), b"// " + word)
    assert not has_blocker(PurePosixPath("k.cpp"), b"using cute::Shape;")
    assert has_blocker(PurePosixPath("k.h"), b"#include <cutlass/gemm.h>")
    assert not has_blocker(PurePosixPath("k.hip"), word)


def test_words_below_vendored_folders_do_not_count(tmp_path: Path) -> None:
    for folder in ("src", "third_party/eigen"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.h").write_text("#ifdef __HIPCC__\n#endif\n")

    assert is_vendored(PurePosixPath("a/Externals/b.h"))
    assert count_words(tmp_path) == WordCounts(files_with_markers=1, files_with_blockers=0)


def test_the_truth_tables_hold_what_the_results_say() -> None:
    files, projects = read_files(), read_projects()

    assert len({file.program for file in files}) == 263
    assert sum(len(file.changed) for file in files) == 8362
    assert sum(len(file.residual) for file in files) == 1917
    assert [sum(project.word is word for project in projects) for word in (A, P, B)] == [25, 32, 17]


def test_a_rename_and_an_include_are_no_answer_to_a_trial_compile() -> None:
    def refused(line: int, rule_id: str, **changes: object) -> Finding:
        site = make_site(rule_id=rule_id, location=make_location(path=PurePosixPath("a.cu"), line=line, end_line=line))
        given = {"failure_mode": FailureMode.COMPILE_ERROR, "automation": Automation.ASSISTED}
        return make_finding(site=site, **(given | changes))

    truth = trial.Trial(
        errors=tuple(
            trial.TrialError(program="a", path="a.cu", line=line, kind="static-assert-mask") for line in (1, 2, 9)
        ),
        programs=frozenset({"a"}),
    )
    findings = (
        refused(1, "warp/mask-literal"),
        refused(2, "runtime/cudaFree", automation=Automation.AUTOMATIC),
        refused(3, "warp/mask-literal"),
        refused(4, "cub/cub::BlockReduce"),
        refused(5, "cublas/cublas_v2.h"),
        refused(6, "warp/lane-index-literal", failure_mode=FailureMode.SILENT_WRONG),
    )

    results = trial.score_trial(
        findings,
        truth,
        programs={"a.cu": "a"},
        includes=frozenset({("a.cu", 5)}),
        renamed=frozenset({"cub/cub::BlockReduce"}),
    )

    assert results.found == Counted(right=1, wrong=0, missed=2)
    assert results.findings == Counted(right=1, wrong=1, missed=0)
    assert results.wrong_rules == (("warp/mask-literal", 1),)


def test_the_curve_believes_fewer_findings_from_step_to_step() -> None:
    def found(line: int, **changes: object) -> Finding:
        site = make_site(
            location=make_location(path=PurePosixPath("p.cu"), line=line, end_line=line),
            confidence=changes.pop("confidence", Confidence.HIGH),
        )
        return make_finding(site=site, automation=Automation.ASSISTED, **changes)

    findings = (
        found(5, severity=Severity.HIGH),
        found(12, severity=Severity.LOW, failure_mode=FailureMode.PERF),
        found(13, severity=Severity.HIGH, confidence=Confidence.LOW, failure_mode=FailureMode.SILENT_WRONG),
    )

    points = {point.believed: point.scores.residual for point in curve(findings, [make_file()], {})}

    assert points["every finding"] == Counted(right=1, wrong=2, missed=0)
    assert points["confidence high"] == Counted(right=1, wrong=1, missed=0)
    assert points["severity medium or more"] == Counted(right=1, wrong=1, missed=0)
    assert points["the same, confidence high"] == Counted(right=1, wrong=0, missed=0)
