"""``blockers.yaml``: the decisions that no edit replaces, and the numbers of the verdict."""

from collections.abc import Mapping

from portgauge.model.estimate import BlockerOption, Hours
from portgauge.model.rule import Severity
from portgauge.rulebook.rulebook import BlockerClass, VerdictRule
from portgauge.rulebook.yamlfile import (
    LIST,
    LIST_OR_NOTHING,
    MAPPING,
    TEXT,
    Defects,
    Document,
    Form,
    Mapped,
    check_keys,
    words,
)

_OPTION_KEYS: Mapping[str, Form] = {"title": TEXT, "hours": LIST_OR_NOTHING, "basis": TEXT}


def _hours(document: Document, option: Mapped, defects: Defects) -> Hours | None:
    match option["hours"]:
        case None:
            return None
        case [int() | float() as low, int() | float() as high] if 0 <= low <= high:
            return Hours(p50=float(low), p90=float(high))
    if isinstance(option["hours"], list):  # another form was complained about
        expected = "expected [p50, p90] with 0 <= p50 <= p90"
        defects.add(document.origin(option, "hours"), f"hours is {option['hours']!r}; {expected}")
    return None


def read_blockers(document: Document, defects: Defects) -> tuple[dict[str, BlockerClass], VerdictRule]:
    """Return the blocker classes by name, and the verdict's numbers; what is wrong goes to ``defects``."""
    check_keys(
        document, document.root, allowed={"classes": MAPPING, "verdict": MAPPING, "words": LIST}, defects=defects
    )
    for raw in document.root["classes"].values():
        check_keys(document, raw, allowed={"title": TEXT, "options": LIST}, defects=defects)
        for option in raw["options"]:
            check_keys(document, option, allowed=_OPTION_KEYS, defects=defects)
    classes = {
        name: BlockerClass(
            name=name,
            title=str(raw["title"]),
            options=tuple(
                BlockerOption(
                    title=str(option["title"]),
                    hours=_hours(document, option, defects),
                    basis=str(option["basis"]),
                )
                for option in raw["options"]
            ),
        )
        for name, raw in document.root["classes"].items()
    }
    verdict = document.root["verdict"]
    return classes, VerdictRule(
        min_touched_share=float(verdict["min_touched_share"]),
        min_direct_share=float(verdict["min_direct_share"]),
        min_code_files=int(verdict["min_code_files"]),
        min_code_files_torch=int(verdict["min_code_files_torch"]),
        min_defined_functions=int(verdict["min_defined_functions"]),
        interception_class=str(verdict["interception_class"]),
        min_hazard_severity=Severity(str(verdict["min_hazard_severity"])),
        implied_obstacles={str(name): words(found) for name, found in verdict["implied_obstacles"].items()},
        present_obstacles={str(name): words(found) for name, found in verdict["present_obstacles"].items()},
        build_obstacles={str(language): str(name) for language, name in verdict["build_obstacles"].items()},
        basis=str(verdict["basis"]),
    )
