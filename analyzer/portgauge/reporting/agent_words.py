"""What a coding agent uses, in words."""

from portgauge.model.base import value
from portgauge.model.estimate import AgentEffort
from portgauge.reporting.rounding import counted, number_words, rough


@value
class AgentWords:
    """One measure of what an agent uses, worded for a table."""

    title: str
    p10: str
    p50: str
    p90: str
    ports: int
    why: str


def _amount(number: float) -> str:
    return f"{number:.2g}" if number < 10 else number_words(rough(number))


def agent_words(agent: AgentEffort) -> tuple[AgentWords, ...]:
    """Return the measures, worded."""
    return tuple(
        AgentWords(
            title=each.title,
            p10=_amount(each.p10),
            p50=_amount(each.p50),
            p90=_amount(each.p90),
            ports=each.ports,
            why=each.why,
        )
        for each in agent.measures
    )


def agent_sentence(agent: AgentEffort) -> str:
    """Return what an agent uses beside people's time, in one sentence."""
    used = ", ".join(f"{each.p50} {each.title} (9 in 10: {each.p90})" for each in agent_words(agent))
    ports = counted(max((each.ports for each in agent.measures), default=0), "finished port")
    return f"A coding agent until tests pass on one GPU, beside people's time: {used}; recorded on up to {ports}."


def recorded_words(agent: AgentEffort) -> str:
    """Return how much the two durations of ``half_an_hour`` rest on."""
    return f"That is {counted(agent.recorded_ports, 'port')}: an anecdote, no rate."
