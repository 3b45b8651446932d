"""What an agent uses: the recorded spread, shifted only where the rules say so."""

from dataclasses import replace

import pytest

from portgauge.effort.agent import agent_effort
from portgauge.rulebook.agent_record import AgentShift
from portgauge.rulebook.rulebook import Rulebook

SHIFT = AgentShift(measure="wall_hours", exponent=0.5, at_lines=1000, basis="measured: a test")


def test_the_spread_is_the_recorded_one(rulebook: Rulebook) -> None:
    found = {each.name: each for each in agent_effort(rulebook.effort.agent, cuda_lines=1000).measures}

    tokens, runs, hours = found["tokens"], found["build_test_cycles"], found["wall_hours"]
    assert (tokens.p10, tokens.p50, tokens.p90, tokens.ports) == (230_000, 390_000, 740_000, 42)
    assert (runs.p10, runs.p50, runs.p90, runs.ports) == (3, 7, 18, 109)
    assert (hours.ports, "no better than a constant" in tokens.why) == (109, True)


@pytest.mark.parametrize(("cuda_lines", "factor"), [(1000, 1.0), (4000, 2.0), (250, 0.5), (0, 0.001**0.5)])
def test_a_shift_moves_its_own_measure_and_says_why(cuda_lines: int, factor: float, rulebook: Rulebook) -> None:
    record = replace(rulebook.effort.agent, shifts=(SHIFT,))
    plain = {each.name: each for each in replace(record, shifts=()).measures}

    found = {each.name: each for each in agent_effort(record, cuda_lines=cuda_lines).measures}

    assert found["wall_hours"].p50 == pytest.approx(plain["wall_hours"].p50 * factor)
    assert found["wall_hours"].p90 == pytest.approx(plain["wall_hours"].p90 * factor)
    assert found["wall_hours"].why.endswith("measured: a test")
    assert found["tokens"].p50 == plain["tokens"].p50


def test_half_an_hour_is_answered_in_two_levels(rulebook: Rulebook) -> None:
    found = agent_effort(rulebook.effort.agent, cuda_lines=1000)

    runs, validated = found.half_an_hour
    assert ("40 minutes" in runs, "4.3 hours" in validated, found.recorded_ports) == (True, True, 1)
