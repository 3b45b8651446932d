"""The scorers of hours, on cases that can be worked out by hand."""

import math

import pytest

from builders import make_estimate, make_hours, make_line
from portgauge.model.estimate import Block
from portgauge.model.rule import Mode

from .effort_scores import PortScore, RankedPort, hours_in_scope, leave_one_out, rank_of, wins
from .effort_truth import AgentPort, FinishedPort, read_agent_ports, read_ports
from .results_effort import BEGIN, END, figures_of, section_of, with_figures, with_section


def finished(observed: float) -> FinishedPort:
    return FinishedPort(
        name="p", folder="p", repository="a/p", commit="0", mode=Mode.HIPIFY, hot_simple=0, hot_tensor=0,
        upstream=True, tests="yes", left_out=(), scope="all", observed_days=observed,
    )  # fmt: skip


def ranked(hours: float, *, lines: int, scanned: int | None = None, person: float = 1.0) -> RankedPort:
    port = AgentPort(project="p", repository="a/p", commit="0", cuda_lines=lines, active_hours=hours)
    size = lines if scanned is None else scanned
    return RankedPort(port=port, person_hours=person, agent_hours=size**0.3, cuda_lines=size)


@pytest.mark.parametrize(("observed", "is_near"), [(5, True), (4.9, False), (20, True), (20.1, False)])
def test_near_is_within_a_factor_of_two_on_both_sides(observed: float, is_near: bool) -> None:
    score = PortScore(port=finished(observed), whole_days=10, days=10, p90_days=20, cuda_lines=1, verdict="portable")

    assert score.is_near is is_near
    assert score.factor == observed / 10


def test_what_a_port_left_out_goes_with_its_rework() -> None:
    estimate = make_estimate(
        lines=[
            make_line(effort_class="ptx-hard", hours=make_hours(4, 9)),
            make_line(effort_class="api-rename", hours=make_hours(6, 9)),
            make_line(effort_class="rework", hours=make_hours(5, 9)),
            make_line(effort_class="kernel-validation", block=Block.VERIFY, hours=make_hours(2, 9)),
        ]
    )

    assert hours_in_scope(estimate, ()) == pytest.approx(estimate.total.p50)
    assert hours_in_scope(estimate, ("ptx-",)) == pytest.approx(6 * 1.5 + 2)


def test_a_better_order_wins_and_a_worse_one_does_not() -> None:
    ports = [ranked(float(n), lines=(7 * n) % 11, scanned=n, person=-float(n)) for n in range(1, 11)]

    assert rank_of(ports, by="agent") == pytest.approx(1)
    assert rank_of(ports, by="person") == pytest.approx(-1)
    assert wins(ports, by="agent") > 990
    assert wins(ports, by="person") < 10


def test_a_line_that_holds_predicts_better_than_the_median() -> None:
    ports = [ranked(math.exp(0.3 * math.log1p(size)), lines=size) for size in (10, 100, 1000, 10_000, 100_000)]

    constant, sized = leave_one_out(ports)

    assert sized < constant / 2


def test_the_truth_names_five_ports_and_agent_ports_with_commits() -> None:
    assert [port.observed_days for port in read_ports()] == [5.6, 5.6, 25.2, 25.2, 26.6]
    ports = read_agent_ports()
    assert len(ports) > 30
    assert all(port.active_hours > 0 and len(port.commit) == 40 for port in ports)


def test_a_section_and_its_figures_take_the_place_of_the_earlier_ones_alone() -> None:
    page = "# Page\n\n## What may not be concluded\n\nMuch.\n"
    one, two = (f"{BEGIN}\n{word}\n{END}\n" for word in ("one", "two"))

    placed = with_section(page, one)

    assert placed.index("one") < placed.index("## What may")
    assert with_section(placed, two) == with_section(page, two)
    assert (section_of(page), section_of(placed)) == ("", one)
    figures = "# Head.\nfigures:\n  - corpus: other\n    measure: verdicts\n"
    new = [{"corpus": "3 finished ports", "measure": "effort"}]
    assert figures_of(with_figures(with_figures(figures, new), new)) == new
    assert with_figures(figures, new).startswith('# Head.\nfigures:\n  - corpus: "other"')
