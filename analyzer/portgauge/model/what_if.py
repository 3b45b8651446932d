"""What changes when parts are left out, or when something else is asked for."""

from enum import StrEnum

from portgauge.model.base import value
from portgauge.model.estimate import Hours


class WhatIfSetting(StrEnum):
    """What is otherwise than in the analysis that it is compared with."""

    WITHOUT = "without"
    """Options and components are left out."""
    TARGET = "target"
    ROCM = "rocm"
    TESTS = "tests"
    """Whether tests reach the kernels."""


@value
class Asked:
    """One difference that a user wants to see, as asked for."""

    setting: WhatIfSetting
    value: str
    """A target, a ROCm version, yes or no, or what is left out."""


@value
class WhatIf:
    """Two analyses of one codebase, each on its headline target in its headline way of working."""

    setting: WhatIfSetting
    names: tuple[str, ...]
    """Options and components that are left out; otherwise the value of the setting afterwards, alone."""
    instead_of: str
    """The value of the setting before; empty when parts are left out."""
    hours_before: Hours
    hours_after: Hours
    verdict_before: str
    verdict_after: str
    decisions_gone: tuple[str, ...]
    """Titles of blockers that are no longer open."""
    decisions_new: tuple[str, ...]
    """Titles of blockers that were not open before."""
    kernels_before: int
    kernels_after: int
    sites_before: int
    sites_after: int
    components_gone: tuple[str, ...]
