"""What a port costs every year after it is done."""

from portgauge.model.analysis import Settings
from portgauge.model.estimate import Hours
from portgauge.rulebook.effort_classes import EffortModel


def maintenance_hours(effort: EffortModel, settings: Settings) -> tuple[tuple[str, Hours], ...]:
    """Return the yearly person-hours that every port costs, without the share of code changes.

    That share needs the history of the code, which is not read yet.
    """
    low, high = effort.maintenance_days_per_year
    fixed = Hours(p50=low * settings.hours_per_day, p90=high * settings.hours_per_day)
    return (("fixed part; the share of yearly GPU-code changes is not included", fixed),)
