"""What a site is worth on a target, with a ROCm version."""

from dataclasses import replace
from datetime import date

import pytest

from builders import ANALYSED_AT, make_finding, make_inventory, make_settings, make_site, make_source
from portgauge.judging.judge import Judge, judge_sites, knowledge_date
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Automation, Severity
from portgauge.pipeline import judge_inventory
from portgauge.rulebook.rulebook import Rulebook

MASK = make_site("warp/mask-literal", match="0xffffffff", facts=(("callee", "__shfl_sync"), ("mask_bits", 32)))
LANE = make_site("warp/lane-index-literal", match="t % 32", facts=(("wave", "mixed"),))


def judged(rulebook: Rulebook, site: Site, *, target: str = "gfx942", rocm: str = "7.0") -> Finding:
    finding = Judge(rulebook, rocm_version=rocm).judge(site, rulebook.targets.find(target))
    assert finding is not None
    return finding


@pytest.mark.parametrize(
    ("rocm", "says"),
    [
        ("6.1", "ROCm 6.1 has no `__shfl_sync`"),
        ("6.2", "only behind HIP_ENABLE_WARP_SYNC_BUILTINS"),
        ("6.10", "only behind HIP_ENABLE_WARP_SYNC_BUILTINS"),
        ("7.0", "since ROCm 7.0 HIP rejects it"),
        ("10.0", "since ROCm 7.0 HIP rejects it"),
    ],
)
def test_the_first_line_that_fits_the_rocm_version_decides(rocm: str, says: str, rulebook: Rulebook) -> None:
    assert says in judged(rulebook, MASK, rocm=rocm).message


def test_a_name_that_is_newer_than_the_rocm_version_has_no_counterpart_yet(rulebook: Rulebook) -> None:
    site = make_site("runtime/CUDA_C_16BF")

    early, late = (judged(rulebook, site, rocm=rocm) for rocm in ("5.4", "5.5"))

    assert (early.automation, early.severity) == (Automation.MANUAL, Severity.HIGH)
    assert early.message == (
        "`HIP_C_16BF`, the counterpart of `CUDA_C_16BF`, exists since ROCm 5.5.0; this estimate is for ROCm 5.4."
    )
    assert (late.automation, late.severity) == (Automation.AUTOMATIC, Severity.LOW)


def test_the_wave_width_decides_what_a_literal_32_is_worth(rulebook: Rulebook) -> None:
    wide, narrow = (judged(rulebook, LANE, target=target) for target in ("gfx942", "gfx1100"))

    assert (wide.severity, wide.effort_class) == (Severity.HIGH, "warp-site")
    assert wide.message == "`t % 32` assumes 32 lanes per warp; gfx942 has 64."
    assert (narrow.severity, narrow.effort_class) == (Severity.NONE, "none")


def test_a_property_that_no_source_states_is_not_a_no(rulebook: Rulebook) -> None:
    site = make_site("texture/texture-use", match="tex2D")

    found = {target: judged(rulebook, site, target=target).severity for target in ("gfx942", "gfx1100", "gfx900")}

    assert found == {"gfx942": Severity.CRITICAL, "gfx1100": Severity.LOW, "gfx900": Severity.MEDIUM}


def test_a_message_names_the_target_that_was_asked_for(rulebook: Rulebook) -> None:
    finding = judged(rulebook, LANE, target="gfx940")

    assert finding.target == "gfx942"
    assert "gfx940 has 64" in finding.message


def test_a_name_that_a_table_has_learnt_is_judged_by_its_row(rulebook: Rulebook) -> None:
    site = make_site("api/unknown-symbol", match="cudaFree", facts=(("name", "cudaFree"),))

    assert judged(rulebook, site).message == "`cudaFree` becomes `hipFree`."


def test_a_blocker_word_stands_on_the_finding(rulebook: Rulebook) -> None:
    assert judged(rulebook, make_site("library/optix", match="optixTrace")).blocker == "optix"
    assert judged(rulebook, make_site("runtime/cudaFree")).blocker == ""


def test_findings_stand_target_by_target_in_the_order_of_the_sites(rulebook: Rulebook) -> None:
    sites = (make_site(line=3), make_site(line=1), LANE)
    targets = tuple(rulebook.targets.find(name) for name in ("gfx1100", "gfx942"))

    findings, lost = judge_sites(
        make_inventory(sites=sites), judge=Judge(rulebook, rocm_version="7.0"), targets=targets
    )

    assert [(finding.target, finding.site) for finding in findings] == [
        (target, site) for target in ("gfx1100", "gfx942") for site in sites
    ]
    assert lost == frozenset()


def test_a_site_of_a_rule_that_is_gone_is_named_and_not_dropped_in_silence(rulebook: Rulebook) -> None:
    inventory = make_inventory(sites=(make_site("warp/gone", path="a.cu"), make_site()))

    analysis = judge_inventory(inventory, rulebook=rulebook, settings=make_settings(), analysed_at=ANALYSED_AT)

    assert [finding.site.rule_id for finding in analysis.findings] == ["runtime/cudaMalloc"]
    assert ["warp/gone" in problem.reason for problem in analysis.inventory.problems] == [True]


def test_an_unlisted_target_beside_its_listed_relative_is_one(rulebook: Rulebook) -> None:
    analysis = judge_inventory(
        make_inventory(),
        rulebook=rulebook,
        settings=make_settings(targets=("gfx942", "gfx940")),
        analysed_at=ANALYSED_AT,
    )

    assert [target.id for target in analysis.targets] == ["gfx942"]
    assert [verdict.target for verdict in analysis.verdicts] == ["gfx942"]
    assert len(analysis.findings) == len(analysis.inventory.sites)
    assert len({(e.target, e.mode, e.component) for e in analysis.estimates}) == len(analysis.estimates)


def test_knowledge_is_as_old_as_the_oldest_rule_that_judged(rulebook: Rulebook) -> None:
    rule = rulebook.patterns["warp/mask-literal"]
    dated = replace(
        rulebook,
        patterns={
            "warp/old": replace(
                rule,
                id="warp/old",
                sources=(make_source(retrieved="2020-01-02"), make_source(retrieved="2021-03-04")),
            ),
            "warp/new": replace(rule, id="warp/new", sources=(make_source(retrieved="2024-05-06"),)),
        },
    )
    old, new = make_finding(rule_id="warp/old"), make_finding(rule_id="warp/new")

    # A rule is as old as its newest source.
    assert knowledge_date((old, new), rulebook=dated) == date(2021, 3, 4)
    assert knowledge_date((new,), rulebook=dated) == date(2024, 5, 6)
    assert knowledge_date((), rulebook=dated) == rulebook.oldest_source()
