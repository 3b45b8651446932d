"""What ``--what-if SETTING=VALUE`` asks for."""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from portgauge.errors import UserError
from portgauge.model.what_if import Asked, WhatIfSetting

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
_EXAMPLES = {
    WhatIfSetting.TARGET: "GFX",
    WhatIfSetting.ROCM: "6.4",
    WhatIfSetting.TESTS: "yes",
    WhatIfSetting.WITHOUT: "WITH_EXTRA",
}


def plan_what_ifs(texts: Sequence[str], *, find_target: Callable[[str], object]) -> tuple[Asked, ...]:
    """Return what a user wants to see as a difference.

    Raises:
        UserError: If a text names no such setting, or a value that it cannot have.
    """
    return tuple(dict.fromkeys(_asked(text, find_target=find_target) for text in texts))


def _asked(text: str, *, find_target: Callable[[str], object]) -> Asked:
    name, is_given, value = (part.strip() for part in text.partition("="))
    if name not in list(WhatIfSetting):
        near = get_close_matches(name, list(WhatIfSetting), n=1)
        hint = f"did you mean {near[0]}? Known" if near else "known"
        raise UserError(f"--what-if {text}: no setting {name!r}; {hint} are {', '.join(WhatIfSetting)}")
    setting = WhatIfSetting(name)
    if not is_given or not value:
        raise UserError(f"--what-if {text}: no value; expected such as {setting}={_EXAMPLES[setting]}")
    if setting is WhatIfSetting.ROCM and not _VERSION.fullmatch(value):
        raise UserError(f"--what-if {text}: expected a version, such as rocm=6.4")
    if setting is WhatIfSetting.TESTS and value not in ("yes", "no"):
        raise UserError(f"--what-if {text}: expected tests=yes or tests=no")
    if setting is WhatIfSetting.TARGET:
        find_target(value)
    return Asked(setting=setting, value=value)
