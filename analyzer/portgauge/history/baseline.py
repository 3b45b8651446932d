"""The baseline: what a team has accepted, as a small text file that git can merge.

One line for each finding that needs somebody, sorted by path, rule and fingerprint, so that two branches that each
mend something else merge without a conflict. The lines above say with which rules it was made, since findings of
rules that look for something else by now cannot be compared.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from portgauge.errors import UserError
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.base import value
from portgauge.model.finding import Site

VERSION = 1
GRADES = "ABCDE"
"""Best first."""
VERDICTS = (VerdictWord.ALREADY, VerdictWord.PORTABLE, VerdictWord.UNCLEAR, VerdictWord.BLOCKED)
"""Best first."""
_FIRST_LINE = re.compile(r"portgauge baseline (\d+)")
_FINGERPRINT = re.compile(r"[0-9a-f]{20}")
_RENEW = "make it anew with `portgauge baseline PATH FILE`"
_MAX_BYTES = 100_000_000
_DIGEST_CHARACTERS = 12
_LOOKED_FOR_CHARACTERS = 8


@value
class Accepted:
    """One finding of a baseline."""

    fingerprint: str
    rule_id: str
    path: str


@value
class TargetState:
    """What one target meant when the baseline was made."""

    target: str
    verdict: str
    grade: str
    """Empty when it was withheld, or when nothing was to port."""
    hours_p50: float
    """Person-hours in the headline mode."""


@value
class Baseline:
    """What was accepted, and with which rules."""

    codebase: str
    mode: str
    rulebook_digest: str
    looked_for: Mapping[str, str]
    """Rule table or rule id, and the beginning of the digest of what it looks for."""
    states: tuple[TargetState, ...]
    accepted: tuple[Accepted, ...]

    def state(self, target: str) -> TargetState | None:
        """Return what a target meant, None when the baseline was not made for it."""
        return next((state for state in self.states if state.target == target), None)


def baseline_of(analysis: Analysis) -> Baseline:
    """Return the baseline that accepts all that an analysis found."""
    mode = analysis.settings.mode
    sites = {f.site.fingerprint: f.site for f in analysis.findings if f.needs_somebody}
    states = []
    for target in analysis.targets:
        verdict = analysis.verdict(target.id)
        states.append(
            TargetState(
                target=target.id,
                verdict=verdict.word.value,
                grade=verdict.grade,
                hours_p50=round(analysis.estimate(target=target.id, mode=mode).total.p50, 2),
            )
        )
    return Baseline(
        codebase=analysis.inventory.codebase,
        mode=mode.value,
        rulebook_digest=analysis.rulebook_digest[:_DIGEST_CHARACTERS],
        looked_for=looked_for_of(analysis),
        states=tuple(states),
        accepted=_sorted(
            Accepted(fingerprint=site.fingerprint, rule_id=site.rule_id, path=str(site.path)) for site in sites.values()
        ),
    )


def looked_for_of(analysis: Analysis) -> dict[str, str]:
    """Return the rules of an analysis with the beginning of what they look for."""
    return {rule: digest[:_LOOKED_FOR_CHARACTERS] for rule, digest in analysis.inventory.looked_for}


def _sorted(accepted: Iterable[Accepted]) -> tuple[Accepted, ...]:
    return tuple(sorted(accepted, key=lambda each: (each.path, each.rule_id, each.fingerprint)))


def baseline_text(baseline: Baseline) -> str:
    """Return a baseline as its file."""
    lines = [
        f"portgauge baseline {VERSION}",
        f"codebase\t{_cell(baseline.codebase)}",
        f"mode\t{baseline.mode}",
        f"rulebook\t{baseline.rulebook_digest}",
    ]
    lines += [f"looks-for\t{rule}\t{digest}" for rule, digest in sorted(baseline.looked_for.items())]
    lines += [
        f"target\t{state.target}\t{state.verdict}\t{state.grade or '-'}\t{state.hours_p50:.2f}"
        for state in baseline.states
    ]
    lines += [f"{each.fingerprint}\t{each.rule_id}\t{_cell(each.path)}" for each in baseline.accepted]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text


def read_baseline(path: Path) -> Baseline:
    """Return the baseline of a file.

    Raises:
        UserError: If it cannot be read, is no baseline, or is of a newer version.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > _MAX_BYTES:
        raise UserError(f"{path} has more than {_MAX_BYTES:,} bytes; it is no baseline; {_RENEW}")
    lines = data.decode("utf-8", "backslashreplace").splitlines()
    first = _FIRST_LINE.fullmatch(lines[0]) if lines else None
    if first is None:
        raise UserError(f"{path}:1: expected the line `portgauge baseline {VERSION}`; {_RENEW}")
    if int(first.group(1)) > VERSION:
        raise UserError(
            f"{path}:1: a baseline of version {first.group(1)}, made by a newer portgauge; this one reads {VERSION}"
        )
    reading = _Reading(path)
    for number, line in enumerate(lines[1:], start=2):
        if line:
            reading.take(line, number)
    return reading.baseline()


class _Reading:
    """Takes the lines of a baseline one by one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._texts: dict[str, str] = {}
        self._looked_for: dict[str, str] = {}
        self._states: dict[str, TargetState] = {}
        self._accepted: dict[str, Accepted] = {}

    def take(self, line: str, number: int) -> None:
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
            raise UserError(f"{self._path}:{number}: a conflict that git left; keep both sides' lines, or {_RENEW}")
        parts = line.split("\t")
        match parts:
            case ["codebase" | "mode" | "rulebook" as name, text]:
                self._texts[name] = text
            case ["looks-for", rule, digest]:
                self._looked_for[rule] = digest
            case ["target", target, verdict, grade, hours] if _is_state(verdict, grade, hours):
                grade = "" if grade == "-" else grade
                state = TargetState(target=target, verdict=verdict, grade=grade, hours_p50=float(hours))
                # Two lines for a target are left when both sides of a merge were kept.
                self._states[target] = _stricter(self._states.get(target, state), state)
            case [fingerprint, rule_id, path] if _FINGERPRINT.fullmatch(fingerprint):
                self._accepted[fingerprint] = Accepted(fingerprint=fingerprint, rule_id=rule_id, path=path)
            case _:
                raise UserError(
                    f"{self._path}:{number}: no line of a baseline: {line[:60]!r}; expected a fingerprint, a rule "
                    f"and a path with tabs between; {_RENEW}"
                )

    def baseline(self) -> Baseline:
        missing = [name for name in ("codebase", "mode", "rulebook") if name not in self._texts]
        if missing or not self._states:
            raise UserError(f"{self._path}: a line is missing: {(missing or ['target'])[0]}; {_RENEW}")
        return Baseline(
            codebase=self._texts["codebase"],
            mode=self._texts["mode"],
            rulebook_digest=self._texts["rulebook"],
            looked_for=self._looked_for,
            states=tuple(self._states.values()),
            accepted=_sorted(self._accepted.values()),
        )


def _stricter(one: TargetState, other: TargetState) -> TargetState:
    """Return what both states of one target accept."""
    verdict = min(one.verdict, other.verdict, key=[word.value for word in VERDICTS].index)
    # A grade that was withheld accepts none.
    grade = min(one.grade, other.grade, key=lambda grade: GRADES.index(grade) if grade else -1)
    return TargetState(target=one.target, verdict=verdict, grade=grade, hours_p50=min(one.hours_p50, other.hours_p50))


def _is_state(verdict: str, grade: str, hours: str) -> bool:
    is_known = verdict in {word.value for word in VERDICTS} and grade in {*GRADES, "-"}
    return is_known and re.fullmatch(r"\d{1,9}(\.\d{1,6})?", hours) is not None


@value
class Against:
    """The sites of an analysis beside a baseline."""

    new: tuple[Site, ...]
    """Not accepted, and not moved with their file."""
    not_comparable: tuple[Site, ...]
    """Of rules that look for something else than when the baseline was made."""
    gone: tuple[Accepted, ...]
    """Accepted, and not there any more."""


def compare_with_baseline(analysis: Analysis, baseline: Baseline) -> Against:
    """Return what is new since a baseline, and what of it is gone.

    A finding in a file that the baseline does not know counts as the one that it accepted in a file that is not there
    any more, rule for rule: renaming a file is no new work.

    Raises:
        UserError: If the baseline is of another codebase: it knows none of the files, or has another name too and
            knows few of them and of what was found in them. A build file has the same name everywhere.
    """
    paths = {str(file.path) for file in analysis.inventory.files}
    known = {each.path for each in baseline.accepted}
    sites = {f.site.fingerprint: f.site for f in analysis.findings if f.needs_somebody}
    accepted = {each.fingerprint: each for each in baseline.accepted}
    shared = known & paths
    is_named_otherwise = baseline.codebase != analysis.inventory.codebase
    is_strange = len(shared) * 2 <= len(known) and len(accepted.keys() & sites.keys()) * 4 < len(accepted)
    if known and (not shared or (is_named_otherwise and is_strange)):
        raise UserError(
            f"the baseline is of another codebase ({baseline.codebase}): {analysis.inventory.codebase} has "
            f"{f'only {len(shared):,}' if shared else 'none'} of its {len(known):,} files; "
            "give the baseline of this codebase, or write one to a new file with `portgauge baseline PATH FILE`"
        )
    looked_for = looked_for_of(analysis)
    moved: Counter[str] = Counter()
    gone_by_rule: dict[str, list[Accepted]] = defaultdict(list)
    for each in baseline.accepted:
        if each.fingerprint not in sites and each.path not in paths:
            gone_by_rule[each.rule_id].append(each)
    new, not_comparable = [], []
    for site in sites.values():
        if site.fingerprint in accepted:
            continue
        if str(site.path) not in known and moved[site.rule_id] < len(gone_by_rule[site.rule_id]):
            moved[site.rule_id] += 1
        elif _looks_otherwise(site.rule_id, baseline.looked_for, looked_for):
            not_comparable.append(site)
        else:
            new.append(site)
    stayed = {id(each) for rule, count in moved.items() for each in gone_by_rule[rule][:count]}
    return Against(
        new=tuple(new),
        not_comparable=tuple(not_comparable),
        gone=tuple(e for e in baseline.accepted if e.fingerprint not in sites and id(e) not in stayed),
    )


def _looks_otherwise(rule_id: str, before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    table = f"{rule_id.partition('/')[0]}/*"
    return any(before.get(name) != now.get(name) for name in (rule_id, table))


def tightened(baseline: Baseline, analysis: Analysis) -> Baseline:
    """Return a baseline that accepts no more than both the baseline and the analysis: findings, hours, grade, verdict.

    Raises:
        UserError: If it is of another codebase, or the analysis was made for other targets.
    """
    against = compare_with_baseline(analysis, baseline)
    fresh = baseline_of(analysis)
    new = {site.fingerprint for site in against.new}
    states = []
    for state in baseline.states:
        now = fresh.state(state.target)
        if now is None:
            raise UserError(
                f"the baseline is for {state.target}, which was not judged; judge for it with --target, or {_RENEW}"
            )
        states.append(_stricter(state, now) if baseline.rulebook_digest == fresh.rulebook_digest else now)
    return Baseline(
        codebase=fresh.codebase,
        mode=baseline.mode,
        rulebook_digest=fresh.rulebook_digest,
        looked_for=fresh.looked_for,
        states=tuple(states),
        accepted=tuple(each for each in fresh.accepted if each.fingerprint not in new),
    )
