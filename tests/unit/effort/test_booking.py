"""Of several findings at one place, one is paid for."""

import pytest

from builders import make_finding, make_location
from portgauge.effort.booking import booked_findings
from portgauge.model.finding import Finding
from portgauge.rulebook.rulebook import Rulebook


def at(rule_id: str, effort_class: str, start: int, end: int, *, path: str = "a.cu", **changes: object) -> Finding:
    place = make_location(path, 1, column=start, end_column=end, end_line=1)
    return make_finding(rule_id=rule_id, effort_class=effort_class, location=place, path=path, line=1, **changes)


def booked(rulebook: Rulebook, *findings: Finding) -> list[str]:
    return [finding.site.rule_id for finding in booked_findings(findings, effort=rulebook.effort)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_place_with_several_findings_is_paid_once_at_the_dearest(turned: bool, rulebook: Rulebook) -> None:
    # m = __ballot_sync(0xffffffff, v): the whole, the name in it, and the mask in that.
    nested = [
        at("warp/ballot-result-32", "arch-macro", 1, 40),
        at("device/__ballot_sync", "api-rename", 5, 18),
        at("warp/mask-literal", "warp-site", 19, 29),
    ]

    assert booked(rulebook, *(reversed(nested) if turned else nested)) == ["warp/mask-literal"]


def test_findings_side_by_side_are_paid_each(rulebook: Rulebook) -> None:
    # The end of a place is exclusive, so one that begins there is another place.
    assert booked(rulebook, at("a/one", "warp-site", 1, 5), at("a/two", "warp-site", 5, 9)) == ["a/one", "a/two"]


def test_the_same_columns_of_another_file_are_another_place(rulebook: Rulebook) -> None:
    one, two = at("a/one", "warp-site", 1, 5), at("a/two", "warp-site", 1, 5, path="b.cu")

    assert booked(rulebook, one, two) == ["a/one", "a/two"]


@pytest.mark.parametrize(
    "free",
    [{"covered_by": "amd-conditions"}, {"blocker": "optix"}, {"effort_class": "none"}, {"effort_class": "decision"}],
)
def test_what_is_covered_decided_or_free_is_not_paid_and_takes_no_place(
    free: dict[str, str], rulebook: Rulebook
) -> None:
    dear = make_finding(rule_id="a/dear", line=1, **({"effort_class": "texture-rewrite"} | free))
    cheap = make_finding(rule_id="a/cheap", line=1, effort_class="api-rename")

    assert booked(rulebook, dear, cheap) == ["a/cheap"]
