"""How old knowledge is."""

from datetime import date

OLD_MONTHS = 12
"""Knowledge that is older is reported as old: AMD releases several ROCm versions in a year."""


def months_between(day: date, today: date) -> int:
    """Return the whole months from one day to another; 0 when it lies in the future."""
    months = (today.year - day.year) * 12 + today.month - day.month
    return max(0, months - (today.day < day.day))
