"""Judgement lines: from YAML to values, with every name checked."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from portgauge.model.base import value
from portgauge.model.rule import Automation, Condition, FailureMode, Judgement, Severity
from portgauge.rulebook.yamlfile import Defects, Document, Mapped, check_keys

_Word = TypeVar("_Word", bound=StrEnum)
_COMPARABLE = re.compile(r"rocm|cuda|site\.\w+|\d+(\.\d+)*")
_COMPARISON = re.compile(r"^(<=|>=|<|>)\s*(.+)$")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_KEYS = ("when", "severity", "failure_mode", "automation", "effort", "message", "blocker", "obstacle")


@value
class Vocabulary:
    """The names that judgement lines may use."""

    target_properties: frozenset[str]
    site_facts: frozenset[str]
    row_columns: frozenset[str]
    effort_classes: frozenset[str]
    blocker_classes: frozenset[str]
    obstacle_classes: frozenset[str]

    def placeholders(self) -> frozenset[str]:
        """Return the names that may stand in braces in a message."""
        return frozenset(
            {"match", "target", "lanes_per_wave", "rocm", "function", "name"} | self.site_facts | self.row_columns
        )


def _word(
    kind: type[_Word],
    line: Mapping[str, Any],
    key: str,
    *,
    default: _Word,
    document: Document,
    defects: Defects,
) -> _Word:
    found = line.get(key)
    try:
        return kind(str(found))
    except ValueError:
        expected = ", ".join(member.value for member in kind)
        defects.add(document.origin(line, key), f"{key} is {found!r}; expected one of {expected}")
        return default


def _condition(name: str, test: Any) -> Condition:
    if isinstance(test, list):
        return Condition(name=name, operator="in", values=tuple(test))
    if isinstance(test, str) and (compared := _COMPARISON.match(test)):
        return Condition(name=name, operator=compared.group(1), values=(compared.group(2),))
    return Condition(name=name, operator="in", values=(test,))


def _known(name: str, vocabulary: Vocabulary) -> bool:
    if name.startswith("row."):
        return name[4:] in vocabulary.row_columns
    if name.startswith("site."):
        return name[5:] in vocabulary.site_facts
    return name in vocabulary.target_properties or name in ("lanes_per_wave", "rocm", "cuda", "route")


def check_message(
    message: str, *, document: Document, line: Mapping[str, Any], vocabulary: Vocabulary, defects: Defects
) -> None:
    """Note a defect for each placeholder that has no value."""
    for placeholder in _PLACEHOLDER.findall(message):
        if placeholder not in vocabulary.placeholders():
            defects.add(
                document.origin(line, "message"),
                f"placeholder {{{placeholder}}} has no value; known are match, target, lanes_per_wave, rocm, "
                "function, name, the row's columns and the facts of shapes.yaml",
            )


def _one(
    line: Mapped,
    *,
    document: Document,
    vocabulary: Vocabulary,
    efforts: Mapping[str, str],
    rule_obstacle: str,
    defects: Defects,
) -> Judgement:
    check_keys(document, line, allowed=_KEYS, defects=defects)
    when = line.get("when") or Mapped()
    if not isinstance(when, Mapped):
        defects.add(document.origin(line, "when"), f"`when` is {when!r}; expected a mapping of names to tests")
        when = Mapped()
    for name, test in when.items():
        condition = _condition(name, test)
        if condition.operator != "in" and not _COMPARABLE.fullmatch(str(condition.values[0])):
            defects.add(
                document.origin(when, name),
                f"{name} is compared with {condition.values[0]!r}; expected a version such as 7.0, rocm or cuda",
            )
        if not _known(name, vocabulary):
            defects.add(
                document.origin(when, name),
                f"`when` names {name!r}, which is neither a target property, rocm, cuda, route, "
                "row.<column> nor site.<fact>",
            )
    effort = efforts.get(str(line.get("effort")), str(line.get("effort")))
    if effort not in vocabulary.effort_classes:
        defects.add(document.origin(line, "effort"), f"effort class {effort!r} is not defined in effort.yaml")
    blocker = str(line.get("blocker") or "")
    if blocker and blocker not in vocabulary.blocker_classes:
        defects.add(document.origin(line, "blocker"), f"blocker class {blocker!r} is not defined in blockers.yaml")
    obstacle = str(line.get("obstacle") or rule_obstacle)
    if obstacle and obstacle not in vocabulary.obstacle_classes:
        defects.add(document.origin(line, "obstacle"), f"obstacle class {obstacle!r} is not in blockers.yaml")
    message = str(line.get("message") or "")
    check_message(message, document=document, line=line, vocabulary=vocabulary, defects=defects)
    return Judgement(
        when=tuple(_condition(name, test) for name, test in when.items()),
        severity=_word(Severity, line, "severity", default=Severity.NONE, document=document, defects=defects),
        failure_mode=_word(
            FailureMode, line, "failure_mode", default=FailureMode.NONE, document=document, defects=defects
        ),
        automation=_word(Automation, line, "automation", default=Automation.MANUAL, document=document, defects=defects),
        effort_class=effort,
        message=message,
        blocker=blocker,
        obstacle=obstacle,
        origin=document.origin(line),
    )


def read_judgements(
    document: Document,
    raw: Any,
    *,
    vocabulary: Vocabulary,
    efforts: Mapping[str, str],
    rule_obstacle: str,
    must_close: bool = True,
    defects: Defects,
) -> tuple[Judgement, ...]:
    """Return the judgement lines of a rule or table; what is wrong goes to ``defects``.

    ``must_close`` asks that the last line holds everywhere; lines that others follow need not.
    """
    lines: Sequence[Any] = raw if isinstance(raw, list) else [raw]
    judged = tuple(
        _one(
            line,
            document=document,
            vocabulary=vocabulary,
            efforts=efforts,
            rule_obstacle=rule_obstacle,
            defects=defects,
        )
        for line in lines
        if isinstance(line, Mapped)
    )
    if must_close and (not judged or judged[-1].when):
        origin = judged[-1].origin if judged else document.origin(key="judgement")
        defects.add(origin, 'no judgement line without "when"; the last one must hold everywhere')
    return judged
