"""Comments that ignore findings: with a reason, until a day, on their own line of the estimate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portgauge.model.analysis import Analysis
from portgauge.model.finding import Finding
from portgauge.model.rule import Severity
from portgauge.pipeline import default_settings, judge_inventory
from portgauge.reporting.json_report import render
from portgauge.rulebook.rulebook import Rulebook

CALL = "void f(int *p) { cudaMallocManaged(&p, 4); }\n"
IGNORE = '// portgauge: ignore[{rule}] reason="{reason}"{until}\n'
Judge = Callable[..., Analysis]


@pytest.fixture
def judged(take: Callable[..., object], rulebook: Rulebook) -> Judge:
    def analysis_of(code: str, *, name: str = "a.cu", day: int = 28) -> Analysis:
        return judge_inventory(
            take({name: code}),  # type: ignore[arg-type]
            rulebook=rulebook,
            settings=default_settings(rulebook),
            analysed_at=datetime(2026, 11, day, tzinfo=UTC),
        )

    return analysis_of


def comment(rule: str = "runtime/cudaMallocManaged", *, reason: str = "one node only", until: str = "") -> str:
    return IGNORE.format(rule=rule, reason=reason, until=f" until={until}" if until else "")


def on_headline(analysis: Analysis, rule: str) -> list[Finding]:
    return [f for f in analysis.findings_for(analysis.targets[0].id) if f.site.rule_id == rule]


def hours(analysis: Analysis) -> float:
    return analysis.estimate(target=analysis.targets[0].id, mode=analysis.settings.mode).total.p50


@pytest.mark.parametrize(
    "code",
    [
        comment("runtime/*") + CALL,
        comment() + CALL,
        comment() + "\n// another note\n\n" + CALL,
        CALL.rstrip() + " " + comment(),
        CALL.rstrip() + ' /* portgauge: ignore[memory/x, runtime/cudaMallocManaged] reason="x" */\n',
    ],
)
def test_a_comment_ignores_the_line_that_it_is_about(judged: Judge, code: str) -> None:
    (finding,) = on_headline(judged(code), "runtime/cudaMallocManaged")

    assert finding.is_ignored
    assert not finding.needs_somebody


@pytest.mark.parametrize(
    "code",
    [
        comment("runtime/cudaFree") + CALL,
        comment() + "int x;\n" + CALL,
        'const char *s = "portgauge: ignore[runtime/cudaMallocManaged] reason=x";\n' + CALL,
        "// portgauge: ignore[runtime/cudaMallocManaged]\n" + CALL,
        '// portgauge: ignore[runtime/cudaMallocManaged] reason=" "\n' + CALL,
        comment(until="2027-13-01") + CALL,
        comment(until="2026-11-27") + CALL,
    ],
)
def test_anything_else_ignores_nothing(judged: Judge, code: str) -> None:
    (finding,) = on_headline(judged(code), "runtime/cudaMallocManaged")

    assert not finding.is_ignored


def test_ignored_hours_leave_the_total_and_stand_on_a_line_of_their_own(judged: Judge) -> None:
    plain, ignored = judged(CALL), judged(comment("runtime/*") + comment("memory/*") + CALL)

    (line,) = [line for line in ignored.not_asked if line.effort_class == "ignored"]
    assert hours(ignored) < hours(plain)
    assert line.hours.p50 == pytest.approx(hours(plain) - hours(ignored))
    assert line.hours.p50 > 0
    assert not [line for line in plain.not_asked if line.effort_class == "ignored"]
    assert b"comments in the code ignore" in render(ignored)


def test_a_comment_without_reason_is_a_finding(judged: Judge) -> None:
    (finding,) = on_headline(judged("// portgauge: ignore[runtime/cudaFree]\n" + CALL), "ignore/not-followed")

    assert finding.severity is Severity.LOW
    assert "without-reason" in finding.message
    assert finding.needs_somebody


def test_a_comment_that_ignores_nothing_is_a_finding(judged: Judge) -> None:
    (used,) = on_headline(judged(comment() + CALL), "ignore/comment")
    (unused,) = on_headline(judged(comment("runtime/cudaFree") + CALL), "ignore/comment")

    assert used.severity is Severity.NONE
    assert (unused.severity, "ignores nothing" in unused.message) == (Severity.LOW, True)


@pytest.mark.parametrize(("day", "is_ignored"), [(27, True), (28, True), (29, False)])
def test_a_comment_holds_up_to_its_day_and_is_a_finding_afterwards(judged: Judge, day: int, is_ignored: bool) -> None:
    analysis = judged(comment(until="2026-11-28") + CALL, day=day)

    (finding,) = on_headline(analysis, "runtime/cudaMallocManaged")
    (own,) = on_headline(analysis, "ignore/comment")
    assert finding.is_ignored is is_ignored
    assert ("expired on 2026-11-28" in own.message) is not is_ignored


def test_a_comment_of_a_build_file_ignores_its_next_line(judged: Judge) -> None:
    code = '# portgauge: ignore[build/*] reason="built elsewhere"\nenable_language(CUDA)\n'
    findings = [f for f in judged(code, name="CMakeLists.txt").findings if f.site.rule_id.startswith("build/")]

    assert findings
    assert all(finding.is_ignored for finding in findings)


def test_judging_a_kept_inventory_later_sees_the_day_pass(judged: Judge, rulebook: Rulebook) -> None:
    analysis = judged(comment(until="2026-11-28") + CALL)

    later = judge_inventory(
        replace(analysis.inventory),
        rulebook=rulebook,
        settings=analysis.settings,
        analysed_at=datetime(2027, 1, 1, tzinfo=UTC),
    )

    assert not on_headline(later, "runtime/cudaMallocManaged")[0].is_ignored
