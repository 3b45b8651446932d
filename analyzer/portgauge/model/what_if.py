"""What changes when parts are left out."""

from portgauge.model.base import value
from portgauge.model.estimate import Hours


@value
class WhatIf:
    """An analysis beside the one of the whole codebase, on the headline target in the headline way of working."""

    names: tuple[str, ...]
    """Options and components that are left out."""
    hours_before: Hours
    hours_after: Hours
    verdict_before: str
    verdict_after: str
    decisions_gone: tuple[str, ...]
    """Titles of blockers that are no longer open."""
    kernels_before: int
    kernels_after: int
    sites_before: int
    sites_after: int
    components_gone: tuple[str, ...]
