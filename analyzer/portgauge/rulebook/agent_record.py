"""``effort.yaml``, part ``agent``: what finished ports of coding agents used, and what shifts it."""

from collections.abc import Mapping
from typing import Any

from portgauge.model.base import value
from portgauge.model.estimate import AgentMeasure
from portgauge.rulebook.yamlfile import LIST, MAPPING, TEXT, Defects, Document, Form, check_keys

_KEYS: Mapping[str, Form] = {
    "basis": TEXT, "unshifted": TEXT, "measures": MAPPING, "shifts": LIST, "ports": TEXT, "half_an_hour": LIST,
}  # fmt: skip
_MEASURE_KEYS: Mapping[str, Form] = {"title": TEXT, "range": LIST, "n": TEXT}
_SHIFT_KEYS: Mapping[str, Form] = {"measure": TEXT, "exponent": TEXT, "at_lines": TEXT, "basis": TEXT}
_LEVELS = 2


@value
class AgentShift:
    """One measure grows with the CUDA code lines: times ``(lines / at_lines) ** exponent``."""

    measure: str
    exponent: float
    at_lines: float
    """Code lines at which the recorded spread holds as it stands."""
    basis: str


@value
class AgentRecord:
    """What is known of agent ports."""

    measures: tuple[AgentMeasure, ...]
    shifts: tuple[AgentShift, ...]
    unshifted: str
    """Why a measure without a shift has none."""
    ports: int
    half_an_hour: tuple[str, ...]
    basis: str


def read_agent_record(document: Document, defects: Defects) -> AgentRecord:
    """Return the record; what is wrong goes to ``defects``."""
    raw = document.root["agent"]
    check_keys(document, raw, allowed=_KEYS, defects=defects)
    measures = tuple(_measure(document, str(name), each, defects) for name, each in raw["measures"].items())
    names = {measure.name for measure in measures}
    shifts = []
    for each in raw["shifts"]:
        check_keys(document, each, allowed=_SHIFT_KEYS, defects=defects)
        if each["measure"] not in names:
            defects.add(document.origin(each, "measure"), f"measure is {each['measure']!r}; expected one of {names}")
        shifts.append(
            AgentShift(
                measure=str(each["measure"]),
                exponent=_number(document, each, "exponent", defects),
                at_lines=_number(document, each, "at_lines", defects),
                basis=str(each["basis"]),
            )
        )
    levels = tuple(str(text) for text in raw["half_an_hour"])
    if len(levels) != _LEVELS:
        defects.add(document.origin(raw, "half_an_hour"), "half_an_hour needs two sentences: first build, validated")
    return AgentRecord(
        measures=measures,
        shifts=tuple(shifts),
        unshifted=str(raw["unshifted"]),
        ports=int(raw["ports"]),
        half_an_hour=levels,
        basis=str(raw["basis"]),
    )


def _number(document: Document, raw: Mapping[str, Any], key: str, defects: Defects) -> float:
    try:
        number = float(raw[key])
    except (TypeError, ValueError, KeyError):
        number = 0.0
    if number <= 0:
        defects.add(document.origin(raw, key), f"{key} is {raw.get(key)!r}; expected a number above 0")
        return 1.0
    return number


def _measure(document: Document, name: str, raw: Mapping[str, Any], defects: Defects) -> AgentMeasure:
    check_keys(document, raw, allowed=_MEASURE_KEYS, defects=defects)
    try:
        p10, p50, p90 = (float(number) for number in raw["range"])
    except (TypeError, ValueError):
        p10 = p50 = p90 = -1.0
    if not 0 <= p10 <= p50 <= p90:
        defects.add(document.origin(raw, "range"), f"range is {raw['range']!r}; expected [p10, p50, p90], rising")
        p10 = p50 = p90 = 0.0
    return AgentMeasure(name=name, title=str(raw["title"]), p10=p10, p50=p50, p90=p90, ports=int(raw["n"]), why="")
