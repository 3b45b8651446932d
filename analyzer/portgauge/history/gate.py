"""Gates: what makes a scan leave with exit code 1.

An expression is ``[TARGET:]WHAT:LIMIT``. With a baseline only what is worse than it counts, so that a team can begin
with whatever it has and never get worse.
"""

import re
from collections.abc import Iterable, Sequence

from portgauge.errors import UserError
from portgauge.history.baseline import GRADES, VERDICTS, Against, Baseline, compare_with_baseline
from portgauge.model.acceptance import Acceptance, GateResult, SinceBaseline
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.base import value
from portgauge.model.rule import Severity

_WHAT = ("severity", "verdict", "hours", "new", "grade")
_NAMED = 5
_SHAPES = (
    "severity:critical, verdict:blocked, hours:+8, hours:100, new:1 or grade:D, each with a target before it if wanted"
)


@value
class Gate:
    """One expression of ``--fail-on``."""

    text: str
    target: str
    """Empty for the headline target."""
    what: str
    limit: str


@value
class GateAnswer:
    """Whether one gate was met, in one sentence."""

    gate: Gate
    is_met: bool
    words: str


def read_gate(text: str) -> Gate:
    """Return one expression of ``--fail-on``.

    Raises:
        UserError: If it is none.
    """
    *before, what, limit = text.strip().split(":") if text.count(":") >= 1 else ("", text, "")
    target = before[0] if before else ""
    if len(before) > 1 or what not in _WHAT or not _is_limit(what, limit):
        raise UserError(f"--fail-on {text!r} is no gate; expected {_SHAPES}")
    return Gate(text=text.strip(), target=target, what=what, limit=limit)


def _is_limit(what: str, limit: str) -> bool:
    match what:
        case "severity":
            return limit in {severity.value for severity in Severity if severity is not Severity.NONE}
        case "verdict":
            return limit in {word.value for word in VerdictWord}
        case "grade":
            return len(limit) == 1 and limit in GRADES
        case "new":
            return re.fullmatch(r"[1-9][0-9]{0,8}", limit) is not None
        case _:
            return re.fullmatch(r"\+?[0-9]{1,9}(\.[0-9]+)?", limit) is not None


class Gates:
    """The gates of one scan, asked one after another."""

    def __init__(self, analysis: Analysis, baseline: Baseline | None) -> None:
        """Compare with the baseline.

        Raises:
            UserError: If the baseline is of another codebase.
        """
        self._analysis = analysis
        self._baseline = baseline
        self.against: Against | None = compare_with_baseline(analysis, baseline) if baseline is not None else None
        self._is_other_rulebook = baseline is not None and not analysis.rulebook_digest.startswith(
            baseline.rulebook_digest
        )

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know about the comparison with the baseline."""
        if self._baseline is None or self.against is None:
            return ()
        found = []
        if self._is_other_rulebook:
            found.append(
                "the baseline was made with other rules, so hours, grade and verdict are not held against it; "
                "renew it with `portgauge baseline PATH FILE`"
            )
        if self.against.not_comparable:
            found.append(
                f"{len(self.against.not_comparable):,} findings are of rules that looked for something else, or were "
                "not there, when the baseline was made; they do not count as new"
            )
        if self.against.gone:
            found.append(
                f"{len(self.against.gone):,} accepted findings are gone; tighten the baseline with "
                "`portgauge baseline PATH FILE`"
            )
        return tuple(found)

    def acceptance(self, answers: Sequence[GateAnswer]) -> Acceptance | None:
        """Return what the scan was held against, for its reports; None when it was nothing."""
        if self._baseline is None and not answers:
            return None
        return Acceptance(
            since=self._since_baseline(),
            gates=tuple(GateResult(gate=answer.gate.text, is_met=answer.is_met) for answer in answers),
        )

    def _since_baseline(self) -> SinceBaseline | None:
        if self._baseline is None or self.against is None:
            return None
        target, mode = self._analysis.targets[0].id, self._analysis.settings.mode
        state = self._baseline.state(target) if self._baseline.mode == mode.value else None
        return SinceBaseline(
            target=target,
            accepted=len(self._baseline.accepted),
            new=len(self._counted(target)),
            gone=len(self.against.gone),
            not_comparable=len(self.against.not_comparable),
            hours_before=state.hours_p50 if state is not None else None,
            # As many digits as a baseline keeps.
            hours_now=round(self._analysis.estimate(target=target, mode=mode).total.p50, 2),
            is_other_rulebook=self._is_other_rulebook,
        )

    def ask(self, gate: Gate) -> GateAnswer:
        """Return whether a gate is met.

        Raises:
            UserError: If its target was not judged, or it needs a baseline and there is none.
        """
        known = [target.stands_for or target.id for target in self._analysis.targets]
        target = gate.target or known[0]
        if target not in known:
            raise UserError(f"--fail-on {gate.text!r}: the scan is for {', '.join(known)}; add --target {target}")
        target = next(t.id for t in self._analysis.targets if target in (t.id, t.stands_for))
        match gate.what:
            case "severity":
                return self._severity(gate, target)
            case "new":
                return self._new(gate, target)
            case "hours":
                return self._hours(gate, target)
            case "verdict":
                return self._ranked(gate, target, [word.value for word in VERDICTS], self._verdict(target))
            case _:
                return self._ranked(gate, target, list(GRADES), self._grade(target))

    def _counted(self, target: str) -> list[tuple[Severity, str]]:
        """Return severity and place of the findings that count: all of them, or those that the baseline lacks."""
        findings = [f for f in self._analysis.findings if f.target == target and f.needs_somebody]
        if self.against is not None:
            new = {site.fingerprint for site in self.against.new}
            findings = [finding for finding in findings if finding.site.fingerprint in new]
        return [(f.severity, f"{f.site.path}:{f.site.location.line} {f.site.rule_id}") for f in findings]

    def _severity(self, gate: Gate, target: str) -> GateAnswer:
        ranks = list(Severity)
        limit = ranks.index(Severity(gate.limit))
        found = [place for severity, place in self._counted(target) if ranks.index(severity) <= limit]
        kind = "new findings" if self.against is not None else "findings"
        words = f"{len(found):,} {kind} of severity {gate.limit} or worse on {target}{_places(found)}"
        return GateAnswer(gate=gate, is_met=bool(found), words=words)

    def _new(self, gate: Gate, target: str) -> GateAnswer:
        if self.against is None:
            raise UserError(f"--fail-on {gate.text!r} needs --baseline FILE: new compared with what?")
        found = [place for _, place in self._counted(target)]
        words = f"{len(found):,} new findings on {target}{_places(found)}"
        return GateAnswer(gate=gate, is_met=len(found) >= int(gate.limit), words=words)

    def _hours(self, gate: Gate, target: str) -> GateAnswer:
        mode = self._analysis.settings.mode
        hours = self._analysis.estimate(target=target, mode=mode).total.p50
        if not gate.limit.startswith("+"):
            return GateAnswer(
                gate=gate, is_met=hours > float(gate.limit), words=f"{hours:,.1f} hours on {target}, limit {gate.limit}"
            )
        if self._baseline is None:
            raise UserError(f"--fail-on {gate.text!r} needs --baseline FILE: more than what?")
        state = self._baseline.state(target)
        if state is None or self._baseline.mode != mode.value:
            raise UserError(
                f"--fail-on {gate.text!r}: the baseline has no hours for {target} in mode {mode.value}; "
                "make it anew with `portgauge baseline PATH FILE`"
            )
        added = hours - state.hours_p50
        # Stored to two decimals.
        is_met = added > float(gate.limit[1:]) + 0.01 and not self._is_other_rulebook
        words = f"{round(added, 1) + 0.0:+,.1f} hours on {target} since the baseline, limit {gate.limit}"
        return GateAnswer(gate=gate, is_met=is_met, words=words)

    def _verdict(self, target: str) -> tuple[str, str]:
        state = self._baseline.state(target) if self._baseline is not None else None
        return self._analysis.verdict(target).word.value, state.verdict if state else ""

    def _grade(self, target: str) -> tuple[str, str]:
        state = self._baseline.state(target) if self._baseline is not None else None
        return self._analysis.verdict(target).grade, state.grade if state else ""

    def _ranked(self, gate: Gate, target: str, ranks: Sequence[str], states: tuple[str, str]) -> GateAnswer:
        """Answer for something with ranks, best first; what the baseline has already is accepted."""
        now, before = states
        is_bad = now in ranks and ranks.index(now) >= ranks.index(gate.limit)
        is_worse = before not in ranks or (now in ranks and ranks.index(now) > ranks.index(before))
        words = f"{gate.what} {now or 'withheld'} on {target}" + (f", {before} in the baseline" if before else "")
        is_met = is_bad and is_worse and not self._is_other_rulebook
        return GateAnswer(gate=gate, is_met=is_met, words=words)


def _places(found: Iterable[str]) -> str:
    places = sorted(found)
    if not places:
        return ""
    more = f" and {len(places) - _NAMED:,} more" if len(places) > _NAMED else ""
    return f" ({', '.join(places[:_NAMED])}{more})"
