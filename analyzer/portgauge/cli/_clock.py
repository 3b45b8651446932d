"""The time of an analysis: now, or the one that a reproducible build fixes."""

import os
from datetime import UTC, datetime

from portgauge.errors import UserError

VARIABLE = "SOURCE_DATE_EPOCH"


def analysis_time() -> datetime:
    """Return now, or the time of ``SOURCE_DATE_EPOCH``, in seconds since 1970, with which reports repeat byte by byte.

    Raises:
        UserError: If the variable holds no such number.
    """
    given = os.environ.get(VARIABLE)
    if not given:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise UserError(f"{VARIABLE} is {given!r}; expected whole seconds since 1970, such as 1767225600") from None
