"""``calibration.yaml`` of a team's own rules: what its finished ports say the prices should be multiplied with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portgauge.model.base import value
from portgauge.model.estimate import Block, EffortClass, Hours, Minutes
from portgauge.model.rule import Mode
from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.yamlfile import MAPPING, TEXT, Defects, Document, Form, check_keys

FILE_NAME = "calibration.yaml"
SITES, FIXED, LIBRARIES = "sites", "fixed", "libraries"
VERIFY, TUNE, UPSTREAM = "verify", "tune", "upstream"
GROUPS = (SITES, FIXED, LIBRARIES, VERIFY, TUNE, UPSTREAM)
"""What is shifted together: places in code; build, CI and files; libraries; and the three other blocks."""
_KEYS: Mapping[str, Form] = {"basis": TEXT, "factors": MAPPING}
_LARGEST = 100.0


@value
class Calibration:
    """What each group of prices is multiplied with."""

    factors: Mapping[str, float]
    basis: str
    """What the factors rest on."""


def read_calibration(document: Document, defects: Defects) -> Calibration:
    """Return the calibration; what is wrong goes to ``defects``."""
    root = document.root
    check_keys(document, root, allowed=_KEYS, defects=defects)
    raw: Mapping[str, Any] = root["factors"]
    check_keys(document, raw, allowed=GROUPS, defects=defects)
    factors = {}
    for name in GROUPS:
        found = raw.get(name, 1.0)
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if not is_number or not 1 / _LARGEST <= found <= _LARGEST:
            defects.add(
                document.origin(raw, name), f"{name} is {found!r}; expected a factor from {1 / _LARGEST} to {_LARGEST}"
            )
            found = 1.0
        factors[name] = float(found)
    return Calibration(factors=factors, basis=str(root["basis"]))


def group_of_block(block: Block) -> str:
    """Return the group of a fixed cost."""
    return {Block.CHANGE: FIXED, Block.VERIFY: VERIFY, Block.TUNE: TUNE, Block.UPSTREAM: UPSTREAM}[block]


def calibrated(effort: EffortModel, calibration: Calibration) -> EffortModel:
    """Return the prices times their factors; each says so in its basis."""
    factors = calibration.factors

    def shifted(basis: str, factor: float) -> str:
        return basis if factor == 1 else f"{basis}; times {factor:.2f}: {calibration.basis}"

    classes = {
        name: _class_times(each, factors[SITES], basis=shifted(each.basis, factors[SITES]))
        for name, each in effort.classes.items()
    }
    fixed = {
        name: replace(
            each,
            hours=_hours_times(each.hours, factors[group_of_block(each.block)]),
            basis=shifted(each.basis, factors[group_of_block(each.block)]),
        )
        for name, each in effort.fixed.items()
    }
    libraries = {
        name: replace(
            each, hours=_hours_times(each.hours, factors[LIBRARIES]), basis=shifted(each.basis, factors[LIBRARIES])
        )
        for name, each in effort.libraries.items()
    }
    return replace(effort, classes=classes, fixed=fixed, libraries=libraries)


def _class_times(price: EffortClass, factor: float, *, basis: str) -> EffortClass:
    def times(minutes: Minutes) -> Minutes:
        return Minutes(p50=minutes.p50 * factor, p90=minutes.p90 * factor)

    return replace(price, manual=times(price.manual), hipify=times(price.hipify), agent=times(price.agent), basis=basis)


def _hours_times(hours: Mapping[Mode, Hours], factor: float) -> dict[Mode, Hours]:
    return {mode: Hours(p50=each.p50 * factor, p90=each.p90 * factor) for mode, each in hours.items()}
