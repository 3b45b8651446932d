"""An analysis compared with others of the same inventory: another target, ROCm version or tests, or parts left out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from portgauge.effort.estimator import has_tests
from portgauge.model.analysis import Analysis
from portgauge.model.rounded import rounded
from portgauge.model.what_if import Asked, WhatIf, WhatIfSetting
from portgauge.pipeline import judge_inventory
from portgauge.routes.what_if import difference
from portgauge.rulebook.rulebook import Rulebook


def with_what_ifs(analysis: Analysis, asked: Sequence[Asked], *, rulebook: Rulebook) -> Analysis:
    """Return the analysis with what each of ``asked`` would change in it, by itself.

    Raises:
        UserError: If a target is of no known family, or nothing is called as what is to be left out.
    """
    found = tuple(_what_if(analysis, each, rulebook=rulebook) for each in asked)
    return replace(analysis, what_ifs=rounded(found))


def _what_if(analysis: Analysis, asked: Asked, *, rulebook: Rulebook) -> WhatIf:
    inventory, settings = analysis.inventory, analysis.settings
    names, instead_of = (asked.value,), ""
    without: tuple[str, ...] = ()
    match asked.setting:
        case WhatIfSetting.WITHOUT:
            without = names
        case WhatIfSetting.TARGET:
            instead_of = analysis.targets[0].id
            settings = replace(settings, targets=(asked.value,))
        case WhatIfSetting.ROCM:
            instead_of = settings.rocm_version
            settings = replace(settings, rocm_version=asked.value)
        case WhatIfSetting.TESTS:
            instead_of = "yes" if has_tests(inventory, settings) else "no"
            settings = replace(settings, tests=asked.value)
        case never:
            assert_never(never)
    # Only the first target is compared.
    settings = replace(settings, targets=settings.targets[:1])
    after = judge_inventory(
        inventory,
        rulebook=rulebook,
        settings=settings,
        analysed_at=analysis.analysed_at,
        modes=(settings.mode,),
        without=without,
    )
    return difference(analysis, after, setting=asked.setting, names=names, instead_of=instead_of)
