"""What a judgement is asked for when there is a name and no site."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from portgauge.judging.conditions import Circumstances, holds
from portgauge.model.age import months_between
from portgauge.model.base import value
from portgauge.model.explanation import Judged
from portgauge.model.rule import Condition, Judgement, Rule, Source
from portgauge.model.target import Target

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NOT_SAID = "…"


@value
class Question:
    """For whom a name is explained."""

    targets: tuple[Target, ...]
    rocm_version: str
    today: date


def _is_open(condition: Condition, facts: Mapping[str, str]) -> bool:
    """Return whether only a scan can decide a condition: it asks about the place in the code."""
    asked = (condition.name, *(str(wanted) for wanted in condition.values))
    return any(name == "cuda" or (name.startswith("site.") and name[5:] not in facts) for name in asked)


def condition_words(condition: Condition) -> str:
    """Return a condition as a person would say it."""
    name = condition.name.removeprefix("site.").replace("_", " ")
    wanted = [str(found) for found in condition.values]
    match condition.operator:
        case "in":
            return f"{name}{'' if name.endswith(' as') else ' is'} {' or '.join(wanted)}"
        case "not-in":
            return f"{name} is not {' or '.join(wanted)}"
        case operator:
            return f"{name} {operator} {wanted[0]}"


def possible_lines(
    rule: Rule, *, target: Target, rocm_version: str, facts: Mapping[str, str]
) -> Iterator[tuple[Judgement, str]]:
    """Yield the judgement lines that may decide a site of the rule, each with what is still open, in words."""
    circumstances = Circumstances(target=target, rocm_version=rocm_version, row=rule.row, facts=facts)
    decided: list[frozenset[str]] = []
    for line in rule.judgement:
        if all(_is_open(condition, facts) or holds(condition, circumstances) for condition in line.when):
            still_open = [condition_words(condition) for condition in line.when if _is_open(condition, facts)]
            if any(earlier <= set(still_open) for earlier in decided):
                continue  # an earlier line decides whenever these conditions hold
            decided.append(frozenset(still_open))
            yield line, " and ".join(still_open)
            if not still_open:
                return


def judge_rule(
    rule: Rule, *, match: str, question: Question, facts: Mapping[str, str] | None = None
) -> tuple[Judged, ...]:
    """Return what a rule says for each target; targets that the same line decides stand together.

    Args:
        rule: A pattern rule, or the rule that a row is.
        match: What a site of the rule would read.
        question: For whom it is judged.
        facts: What is known of the site; conditions on other facts stay open.
    """
    decided: dict[tuple[int, str], tuple[Judgement, list[Target]]] = {}
    for target in question.targets:
        for line, when in possible_lines(rule, target=target, rocm_version=question.rocm_version, facts=facts or {}):
            number = next(index for index, known in enumerate(rule.judgement) if known is line)
            decided.setdefault((number, when), (line, []))[1].append(target)
    return tuple(
        Judged(
            targets=tuple(target.stands_for or target.id for target in targets),
            when=when,
            severity=line.severity,
            failure_mode=line.failure_mode,
            automation=line.automation,
            effort_class=line.effort_class,
            message=_message(line.message or rule.message, rule, match=match, target=targets[0], question=question),
            blocker=line.blocker,
            obstacle=line.obstacle,
        )
        for (_, when), (line, targets) in sorted(decided.items(), key=lambda entry: entry[0][0])
    )


def _message(template: str, rule: Rule, *, match: str, target: Target, question: Question) -> str:
    values: Mapping[str, object] = {
        "name": match,
        "opcode": match,
        "callee": match,
        **rule.row,
        "match": match,
        "target": target.stands_for or target.id,
        "lanes_per_wave": target.lanes_per_wave,
        "rocm": question.rocm_version,
    }
    filled = _PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), _NOT_SAID)), template)
    return " ".join(filled.split()).removesuffix(" .")


def ages_in_months(sources: tuple[Source, ...], *, today: date) -> tuple[int, int] | None:
    """Return the whole months since the newest and the oldest of some sources; None when none has a date."""
    dates = [date.fromisoformat(source.retrieved) for source in sources if source.retrieved]
    return (months_between(max(dates), today), months_between(min(dates), today)) if dates else None
