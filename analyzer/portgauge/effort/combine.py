"""How P50 and P90 of parts make P50 and P90 of a whole."""

import math
from collections.abc import Iterable

from portgauge.model.estimate import Hours

_P90_OF_NORMAL = 1.2816
"""The 90 % point of the standard normal distribution."""


def combine_hours(parts: Iterable[Hours], *, sigma: float) -> Hours:
    """Return the person-hours of a whole from the hours of its parts.

    P50s are added by convention; for skewed costs that is lower than the median of the sum, and the rework
    lines stand for the difference. P90s don't add: the parts would all have to go badly at once. The whole is
    taken as log-normal around the summed P50, so ``p90 = p50 * exp(1.2816 * sigma)``.

    Raises:
        ValueError: If ``sigma`` isn't positive.
    """
    if sigma <= 0:
        raise ValueError(f"sigma is {sigma}, expected more than 0")
    p50 = sum(part.p50 for part in parts)
    return Hours(p50=p50, p90=p50 * math.exp(_P90_OF_NORMAL * sigma))
