"""The hours of the samples do not move by more than a tenth unless the change log says why.

`estimates.json` holds each state with the line of the change log that led to it. To move it, write a line
"Estimates move because ..." into CHANGELOG.md and run `pytest tests/golden --update-golden`.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from portgauge.model.rule import Mode
from portgauge.pipeline import analyse

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.name for path in (ROOT / "samples").iterdir() if path.is_dir())
STATES = Path(__file__).parent / "estimates.json"
LARGEST_CHANGE = 0.10
LINE = re.compile(r"^- (Estimates move because .+)$", re.MULTILINE)

Hours = dict[str, float]


def reasons() -> list[str]:
    """Return the lines of the change log about moving estimates, newest first."""
    return LINE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def hours_now() -> Hours:
    found = {}
    for name in SAMPLES:
        analysis = analyse(ROOT / "samples" / name)
        for target in analysis.targets:
            for mode in Mode:
                hours = analysis.estimate(target=target.id, mode=mode).total.p50
                found[f"{name} {target.id} {mode.value}"] = round(hours, 2)
    return found


def moved(old: Hours, new: Hours) -> dict[str, tuple[float | None, float | None]]:
    """Return what moved by more than a tenth, appeared or went away."""
    return {
        key: (old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if key not in old or key not in new or abs(new[key] - old[key]) > LARGEST_CHANGE * old[key]
    }


def states() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(STATES.read_text(encoding="utf-8"))
    return loaded


def test_hours_of_the_samples_move_only_with_a_reason(request: pytest.FixtureRequest) -> None:
    now, known = hours_now(), states()
    used = {state["because"] for state in known}
    fresh = [reason for reason in reasons() if reason not in used]
    if request.config.getoption("--update-golden") and moved(known[-1]["hours"], now) and fresh:
        known.append({"because": fresh[0], "hours": now})
        STATES.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")

    assert moved(known[-1]["hours"], now) == {}, "write a line `- Estimates move because ...` into CHANGELOG.md"


def test_every_state_has_its_line_in_the_change_log() -> None:
    assert [state["because"] for state in states() if state["because"] not in reasons()] == []


def test_a_tenth_is_let_pass_and_more_is_not() -> None:
    assert moved({"a": 10.0, "b": 10.0, "c": 0.0}, {"a": 10.99, "b": 11.01, "c": 0.0}) == {"b": (10.0, 11.01)}
    assert moved({"a": 1.0}, {"b": 1.0}) == {"a": (1.0, None), "b": (None, 1.0)}
