"""What would be otherwise, in every report, from a saved analysis, and in one that may leave the house."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reading import html_text, pdf_text, squeezed, terminal_text
from test_saved import save

from builders import make_analysis, make_hours
from portgauge.model.analysis import Analysis
from portgauge.model.what_if import WhatIf, WhatIfSetting
from portgauge.reporting.json_loading import load_analysis
from portgauge.reporting.redaction import redacted
from portgauge.reporting.route_words import what_if_sentence


def make_what_if(setting: WhatIfSetting, *names: str, **changes: Any) -> WhatIf:
    values: dict[str, Any] = {
        "instead_of": "",
        "hours_before": make_hours(40, 90),
        "hours_after": make_hours(20, 50),
        "verdict_before": "blocked",
        "verdict_after": "portable",
        "decisions_gone": ("OptiX ray tracing",),
        "decisions_new": (),
        "kernels_before": 2,
        "kernels_after": 1,
        "sites_before": 9,
        "sites_after": 5,
        "components_gone": (),
    }
    return WhatIf(setting=setting, names=names, **{**values, **changes})


def asked() -> Analysis:
    return replace(
        make_analysis(),
        what_if=make_what_if(WhatIfSetting.WITHOUT, "solver"),
        what_ifs=(
            make_what_if(
                WhatIfSetting.TARGET,
                "gfx1100",
                instead_of="gfx942",
                decisions_gone=(),
                decisions_new=("Textures",),
                verdict_before="portable",
                verdict_after="blocked",
            ),
            make_what_if(
                WhatIfSetting.ROCM,
                "6.4",
                instead_of="10.0",
                hours_after=make_hours(40, 90),
                verdict_after="blocked",
                decisions_gone=(),
            ),
        ),
    )


SENTENCES = (
    "Without solver: 20 h instead of 40 h (P50), 1 kernel instead of 2, 5 sites instead of 9. Decisions that go with "
    "it: OptiX ray tracing. The verdict changes from blocked to portable.",
    "On gfx1100 instead of gfx942: 20 h instead of 40 h (P50). Decisions that come with it: Textures. The verdict "
    "changes from portable to blocked.",
    "With ROCm 6.4 instead of 10.0: 40 h as before (P50).",
)


@pytest.mark.parametrize("read", [terminal_text, html_text, pdf_text])
def test_every_report_says_what_would_be_otherwise(read: Any) -> None:
    text = squeezed(read(asked()))

    for sentence in SENTENCES:
        assert squeezed(sentence) in text


def test_a_saved_analysis_keeps_its_differences(tmp_path: Path) -> None:
    analysis = asked()

    loaded = load_analysis(save(analysis, tmp_path))

    assert (loaded.what_if, loaded.what_ifs) == (analysis.what_if, analysis.what_ifs)


def test_a_redacted_analysis_hides_names_of_the_code_and_keeps_those_of_gpus() -> None:
    analysis = redacted(asked(), salt="s")

    assert analysis.what_if is not None
    assert "solver" not in what_if_sentence(analysis.what_if)
    assert [what_if_sentence(each) for each in analysis.what_ifs] == list(SENTENCES[1:])
