"""What changed since the baseline: as sentences, and as part of the JSON."""

from typing import Any

from portgauge.model.acceptance import Acceptance, GateResult, SinceBaseline
from portgauge.reporting.comparison_report import signed_hours
from portgauge.reporting.json_parts import Json
from portgauge.reporting.rounding import compared_words, counted

NOT_HELD = (
    "This scan was held against no baseline. `portgauge baseline PATH FILE` writes what a team accepts; "
    "`portgauge scan PATH --baseline FILE` then says here what is new and what is gone."
)
TREND = "`portgauge trend PATH` shows hours and findings over time; it is a report of its own."


def acceptance_sentences(found: Acceptance | None) -> tuple[str, ...]:
    """Return what changed since the baseline, and which gates were met; how to get it when nothing was asked."""
    if found is None or found.since is None:
        return (NOT_HELD,)
    since = found.since
    sentences = [
        f"Of {counted(since.accepted, 'accepted finding')}, {since.gone:,} {'is' if since.gone == 1 else 'are'} gone. "
        f"{counted(since.new, 'finding')} that {'needs' if since.new == 1 else 'need'} somebody on {since.target} "
        f"{'is' if since.new == 1 else 'are'} new."
    ]
    if since.hours_before is None:
        sentences.append("The baseline has no hours for this GPU and way of working.")
    else:
        before, now = compared_words(since.hours_before, since.hours_now)
        change = signed_hours(since.hours_now - since.hours_before)
        sentences.append(f"Hours, P50: {before} in the baseline, {now} now ({change}).")
    if since.is_other_rulebook:
        sentences.append("The baseline was made with other rules, so hours, grade and verdict are not held against it.")
    if since.not_comparable:
        sentences.append(
            f"{counted(since.not_comparable, 'finding')} of rules that looked for something else, or were not there, "
            "when the baseline was made: not counted as new."
        )
    return tuple(sentences)


def gates_words(found: Acceptance | None) -> str:
    """Return the gates with their answers in one sentence; empty when none was asked."""
    if found is None or not found.gates:
        return ""
    return f"Gates: {', '.join(f'{each.gate} {met_words(each)}' for each in found.gates)}."


def met_words(result: GateResult) -> str:
    """Return the answer to one gate."""
    return "met" if result.is_met else "not met"


def acceptance_object(found: Acceptance | None) -> Json:
    """Return what a scan was held against, null when it was nothing."""
    if found is None:
        return None
    since = found.since
    return {
        "since_baseline": None
        if since is None
        else {
            "target": since.target,
            "accepted": since.accepted,
            "new": since.new,
            "gone": since.gone,
            "not_comparable": since.not_comparable,
            "hours_before": since.hours_before,
            "hours_now": since.hours_now,
            "is_other_rulebook": since.is_other_rulebook,
        },
        "gates": [{"gate": each.gate, "is_met": each.is_met} for each in found.gates],
    }


def read_acceptance(document: dict[str, Any] | None) -> Acceptance | None:
    """Return what a scan was held against from an object that follows the schema."""
    if document is None:
        return None
    since = document["since_baseline"]
    return Acceptance(
        since=None if since is None else SinceBaseline(**since),
        gates=tuple(GateResult(**each) for each in document["gates"]),
    )
