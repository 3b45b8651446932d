"""Which kernels are to win their speed back, and what kind of work that is."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from portgauge.errors import UserError
from portgauge.model.analysis import Inventory, Settings
from portgauge.model.estimate import EstimateLine
from portgauge.model.kernel import Kernel
from portgauge.model.rule import Mode
from portgauge.rulebook.effort_classes import EffortModel, FixedCost

SIMPLE, TENSOR = "tune-simple", "tune-tensor"
NAMES_SHOWN = 3


def _shows(kernel: Kernel, cost: FixedCost) -> bool:
    return not cost.features.isdisjoint(kernel.features)


def hot_kernels(inventory: Inventory, settings: Settings) -> tuple[Kernel, ...] | int:
    """Return the kernels that a pattern names, or how many of all are hot when a number was given.

    Raises:
        UserError: If a pattern matches no kernel, because then the user means another name.
    """
    asked = settings.hot_kernels
    if isinstance(asked, int):
        return min(asked, len(inventory.kernels))
    found = tuple(kernel for kernel in inventory.kernels if fnmatchcase(kernel.name, asked))
    if not found:
        names = ", ".join(sorted({kernel.name for kernel in inventory.kernels})[:NAMES_SHOWN]) or "none"
        count = len(inventory.kernels)
        raise UserError(f"--hot-kernels is {asked!r}, which no kernel matches; there are {count}: {names}")
    return found


def kernels_by_tuning(inventory: Inventory, settings: Settings, effort: EffortModel) -> dict[str, int]:
    """Return how many hot kernels each tuning cost applies to; of a number, the dear ones count first."""
    tensor = effort.fixed[TENSOR]
    hot = hot_kernels(inventory, settings)
    if isinstance(hot, int):
        dear = min(hot, sum(1 for kernel in inventory.kernels if _shows(kernel, tensor)))
        return {TENSOR: dear, SIMPLE: hot - dear}
    dear = sum(1 for kernel in hot if _shows(kernel, tensor))
    return {TENSOR: dear, SIMPLE: len(hot) - dear}


def kernels_by_kind(kernels: Iterable[Kernel], effort: EffortModel) -> dict[str, int]:
    """Return how many kernels of a codebase each tuning cost would apply to."""
    is_dear = [_shows(kernel, effort.fixed[TENSOR]) for kernel in kernels]
    return {SIMPLE: is_dear.count(False), TENSOR: is_dear.count(True)}


def not_asked(inventory: Inventory, *, effort: EffortModel, settings: Settings, mode: Mode) -> tuple[EstimateLine, ...]:
    """Return the price of one unit of what is in the total only when it is asked for: tuning, and upstream."""
    lines = []
    if not settings.hot_kernels:
        for name, count in kernels_by_kind(inventory.kernels, effort).items():
            if count:
                lines.append(_one(effort.fixed[name], mode, why=f" (there are {count:,})"))
    if not settings.upstream and inventory.kernels:
        lines.append(_one(effort.fixed["upstream"], mode))
    return tuple(lines)


def _one(cost: FixedCost, mode: Mode, *, why: str = "") -> EstimateLine:
    hours = cost.hours[mode]
    return EstimateLine(
        component=None,
        block=cost.block,
        effort_class=cost.name,
        reason=f"{cost.title}{why}",
        units=1,
        minutes_each=hours.minutes(),
        hours=hours,
        basis=cost.basis,
        grade=cost.grade,
        fingerprints=(),
    )
