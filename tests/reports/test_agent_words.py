"""How what an agent uses is worded."""

from portgauge.model.estimate import AgentEffort, AgentMeasure
from portgauge.reporting.agent_words import agent_words


def measure(p10: float, p50: float, p90: float) -> AgentMeasure:
    return AgentMeasure(name="hours", title="hours", p10=p10, p50=p50, p90=p90, ports=109, why="")


def test_no_figure_claims_more_than_two_digits() -> None:
    agent = AgentEffort(
        measures=(measure(0.3, 1.48681, 6.21756), measure(3, 386_512.0, 740_000)),
        recorded_ports=109,
        half_an_hour=(),
        basis="",
    )

    worded = agent_words(agent)

    assert [(each.p10, each.p50, each.p90) for each in worded] == [("0.3", "1.5", "6.2"), ("3", "390,000", "740,000")]
