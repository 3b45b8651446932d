"""The starting values of the effort model, as they were set: [P50, P90] by hand, with HIPIFY, with an agent."""

import pytest

from portgauge.model.rule import Mode
from portgauge.rulebook.rulebook import Rulebook

Range = tuple[float, float]
FIXED_HOURS: dict[str, tuple[Range, Range, Range]] = {
    "build-system": ((12, 32), (8, 24), (2, 8)),
    "ci-packaging": ((8, 24), (8, 24), (4, 16)),
    "gpu-file": ((0.15, 0.4), (0.06, 0.2), (0.02, 0.08)),
    "kernel-validation": ((0.4, 1.2), (0.25, 0.9), (0.12, 0.6)),
    "tune-simple": ((24, 64), (20, 60), (8, 40)),
    "tune-tensor": ((48, 160), (40, 140), (24, 120)),
    "upstream": ((24, 80), (24, 80), (16, 60)),
}
SITE_MINUTES: dict[str, tuple[Range, Range, Range]] = {
    "api-rename": ((1, 2), (0.15, 0.5), (0.03, 0.15)),
    "library-call": ((2, 5), (1, 3), (0.2, 1)),
    "warp-site": ((8, 25), (6, 20), (1.5, 8)),
    "arch-macro": ((5, 15), (5, 15), (1, 6)),
    "ptx-moderate": ((60, 240), (45, 180), (9, 90)),
}
LIBRARY_HOURS: dict[str, Range] = {
    "cublas": (4, 16),
    "cufft": (6, 24),
    "curand": (3, 8),
    "cusparse": (12, 40),
    "cusolver": (8, 32),
    "cudnn": (24, 80),
    "nccl": (3, 12),
    "cub": (3, 16),
    "thrust": (3, 12),
}


@pytest.mark.parametrize("name", FIXED_HOURS)
def test_fixed_costs_are_the_starting_values_in_hours(name: str, rulebook: Rulebook) -> None:
    hours = rulebook.effort.fixed[name].hours

    assert tuple((hours[mode].p50, hours[mode].p90) for mode in Mode) == FIXED_HOURS[name]


@pytest.mark.parametrize("name", SITE_MINUTES)
def test_site_classes_are_the_starting_values_in_minutes(name: str, rulebook: Rulebook) -> None:
    price = rulebook.effort.classes[name]

    minutes = (price.minutes(mode) for mode in Mode)
    assert tuple((each.p50, each.p90) for each in minutes) == SITE_MINUTES[name]


@pytest.mark.parametrize("name", LIBRARY_HOURS)
def test_libraries_are_the_starting_values_scaled_by_the_way_of_working(name: str, rulebook: Rulebook) -> None:
    hours = rulebook.effort.libraries[name].hours
    p50, p90 = LIBRARY_HOURS[name]

    for mode, factor in ((Mode.MANUAL, 1.25), (Mode.HIPIFY, 1.0), (Mode.AGENT, 0.35)):
        assert (hours[mode].p50, hours[mode].p90) == pytest.approx((p50 * factor, p90 * factor))


def test_factors_and_spread_are_the_starting_values(rulebook: Rulebook) -> None:
    effort = rulebook.effort

    assert [effort.rework_share[mode] for mode in Mode] == [0.35, 0.30, 0.25]
    assert (effort.validation_without_tests, effort.ci_without_upstream) == (3, 0.5)
    assert 0.55 <= effort.sigma <= 0.65
    assert effort.maintenance_days_per_year == (2, 8)
    assert effort.maintenance_share == {
        "thin-header": (0.03, 0.17),
        "one-source": (0.20, 0.31),
        "copied-backend": (0.29, 0.42),
    }


def test_no_price_claims_a_check_that_nobody_made(rulebook: Rulebook) -> None:
    effort = rulebook.effort
    priced = (*effort.classes.values(), *effort.fixed.values(), *effort.libraries.values())

    assert {basis for each in priced if "checked" in (basis := each.basis)} == set()
    assert all(each.basis.startswith(("judgement:", "measured:")) for each in priced)
