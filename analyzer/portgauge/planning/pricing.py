"""Which package each line of the estimate belongs to, so that the packages add up to the whole."""

import math
from collections import defaultdict
from collections.abc import Mapping

from portgauge.model.analysis import Analysis
from portgauge.model.estimate import Block, EstimateLine, Hours
from portgauge.model.rule import Mode
from portgauge.planning.work import PackageKind

Key = tuple[PackageKind, str]
"""Kind and component; the component is empty for the codebase as a whole."""
PricedPackages = Mapping[Key, tuple[tuple[Mode, Hours], ...]]
_LIBRARY = "library-"
_SHARES = frozenset({"rework", "experience"})
_DEEP = frozenset("CDE")
"""Grades of work for which kernels must be understood."""
_LIBRARY_NAME = "library-no-counterpart"
_HOST_CALL = "api-no-counterpart"
"""Dear, but calls of the host: no kernel has to be understood for them."""


def key_of(line: EstimateLine) -> Key:
    """Return the package of a line that is no share of others."""
    component = line.component or ""
    match line.block:
        case Block.TUNE:
            return (PackageKind.TUNING, "")
        case Block.UPSTREAM:
            return (PackageKind.UPSTREAM, "")
        case Block.VERIFY:
            return (PackageKind.VALIDATION, component)
        case Block.CHANGE:
            if not component:
                is_library = line.effort_class.startswith(_LIBRARY)
                return (PackageKind.LIBRARIES if is_library else PackageKind.BUILD, "")
            if line.effort_class == _LIBRARY_NAME:
                return (PackageKind.LIBRARIES, "")
            is_deep = line.grade in _DEEP and line.effort_class != _HOST_CALL
            return (PackageKind.KERNELS if is_deep else PackageKind.PORT, component)


def package_hours(analysis: Analysis) -> PricedPackages:
    """Return the hours of each package in each way of working, on the headline target.

    The lines for rework and a first port are shares of others; each goes to the packages that it is a share of. The
    P90 of a package is in the proportion that the whole has.
    """
    target = analysis.targets[0].id
    found: dict[Key, list[tuple[Mode, Hours]]] = defaultdict(list)
    for mode in Mode:
        estimate = analysis.estimate(target=target, mode=mode)
        spread = estimate.total.p90 / estimate.total.p50 if estimate.total.p50 else 1.0
        for key, p50 in _p50s(estimate.lines).items():
            found[key].append((mode, Hours(p50=p50, p90=p50 * max(spread, 1.0))))
    return {key: tuple(hours) for key, hours in found.items()}


def _p50s(lines: tuple[EstimateLine, ...]) -> Mapping[Key, float]:
    base: dict[tuple[str | None, Block], dict[Key, float]] = defaultdict(lambda: defaultdict(float))
    shares: dict[tuple[str | None, Block], float] = defaultdict(float)
    for line in lines:
        scope = (line.component, line.block)
        if line.effort_class in _SHARES:
            shares[scope] += line.hours.p50
        else:
            base[scope][key_of(line)] += line.hours.p50
    whole: dict[Key, float] = defaultdict(float)
    for scope, packages in base.items():
        total = sum(packages.values())
        factor = 1 + shares.pop(scope, 0.0) / total if total > 0 else 1.0
        for key, p50 in packages.items():
            whole[key] += p50 * factor
    for (component, block), p50 in shares.items():
        # A share whose own lines are all zero; kept, so that nothing is lost.
        whole[PackageKind.VALIDATION if block is Block.VERIFY else PackageKind.PORT, component or ""] += p50
    return {key: p50 for key, p50 in whole.items() if not math.isclose(p50, 0.0)}
