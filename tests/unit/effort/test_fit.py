"""Finished ports shift the prices: towards what they took, and few of them little."""

import pytest

from builders import make_estimate, make_hours, make_line
from portgauge.effort.calibrate import Actual, fit, groups_of
from portgauge.model.estimate import Block


def port(name: str, actual: float, **estimated: float) -> Actual:
    return Actual(name=name, parts=((estimated, actual),))


def test_ports_that_took_as_long_as_estimated_move_nothing() -> None:
    made = fit([port("a", 30, sites=10, fixed=20), port("b", 50, sites=40, fixed=10)])

    assert list(made.factors.values()) == [pytest.approx(1)] * len(made.factors)
    assert (made.error_before, made.error_after) == (pytest.approx(1), pytest.approx(1))


def test_few_ports_move_little_and_many_move_far() -> None:
    one, many = (fit([port(str(n), 40, sites=20) for n in range(count)]).factors["sites"] for count in (1, 30))

    assert 1 < one < 1.3
    assert 1.8 < many < 2


def test_what_no_port_shows_stays() -> None:
    assert fit([port("a", 40, sites=20), port("b", 60, sites=30)]).factors["tune"] == 1


def test_the_group_that_explains_the_difference_moves_most() -> None:
    ports = [port(str(n), 20 * n + 10, sites=10 * n, fixed=10) for n in (1, 2, 4, 8)]

    factors = fit(ports).factors

    assert factors["sites"] > factors["fixed"] + 0.2


def test_the_error_after_is_that_of_ports_that_were_left_out() -> None:
    alike = fit([port(str(n), 20 * n, sites=10 * n) for n in range(1, 7)])
    contrary = fit([port("a", 40, sites=20), port("b", 10, sites=20)])

    assert alike.error_before == pytest.approx(2)
    assert alike.error_after is not None
    assert contrary.error_after is not None
    assert 1 < alike.error_after < 1.6
    assert contrary.error_after > contrary.error_before == pytest.approx(2)


def test_one_port_has_no_error_after() -> None:
    assert fit([port("a", 40, sites=20)]).error_after is None


def test_a_port_without_estimated_hours_is_named() -> None:
    with pytest.raises(ValueError, match="empty: nothing is estimated there"):
        fit([port("empty", 40)])


def test_hours_are_grouped_with_their_rework_and_by_block() -> None:
    estimate = make_estimate(
        lines=[
            make_line(fingerprints=("f",), hours=make_hours(4, 9)),
            make_line(effort_class="library-cublas", hours=make_hours(4, 9)),
            make_line(effort_class="build-system", hours=make_hours(8, 9)),
            make_line(effort_class="rework", hours=make_hours(8, 9)),
            make_line(effort_class="kernel-validation", block=Block.VERIFY, hours=make_hours(2, 9)),
        ]
    )

    assert groups_of(estimate) == {"sites": 6, "libraries": 6, "fixed": 12, "verify": 2}
    assert groups_of(estimate, block=Block.VERIFY) == {"verify": 2}
