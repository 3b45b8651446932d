"""Whether the ``when`` of a judgement line holds."""

import re
from collections.abc import Mapping

from portgauge.model.base import value
from portgauge.model.rule import Condition
from portgauge.model.target import UNKNOWN, Target

_VERSION = re.compile(r"^\d+(\.\d+)*$")


@value
class Circumstances:
    """Everything that a judgement line may ask about."""

    target: Target
    rocm_version: str
    row: Mapping[str, str]
    facts: Mapping[str, str | int]

    def lookup(self, name: str) -> str | int | bool:
        """Return what a name of a ``when`` stands for; ``UNKNOWN`` or an empty text when nobody knows."""
        if name.startswith("row."):
            return self.row.get(name[4:], "")
        if name.startswith("site."):
            return self.facts.get(name[5:], UNKNOWN)
        if name == "rocm":
            return self.rocm_version
        if name in ("cuda", "route"):
            return UNKNOWN
        return self.target.property(name)


def version_key(text: str) -> tuple[int, ...] | None:
    """Return a version as comparable numbers without trailing zeros; None when it is none ("<=10.0.0", "")."""
    if not _VERSION.match(text):
        return None
    numbers = [int(part) for part in text.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _compare(operator: str, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise ValueError(f"unknown operator {operator!r}")


def holds(condition: Condition, circumstances: Circumstances) -> bool:
    """Return whether one condition holds; a comparison with something unknown does not hold."""
    found = circumstances.lookup(condition.name)
    if condition.operator == "in":
        return any(found == wanted or str(found) == str(wanted) for wanted in condition.values)
    operand = str(condition.values[0])
    if operand in ("rocm", "cuda") or operand.startswith(("row.", "site.")):
        operand = str(circumstances.lookup(operand))
    left, right = version_key(str(found)), version_key(operand)
    return left is not None and right is not None and _compare(condition.operator, left, right)
