"""What an estimate takes for granted, each with who said so: the user, or a default."""

from portgauge.effort.estimator import has_tests
from portgauge.effort.hot import hot_kernels
from portgauge.model.analysis import Inventory, Settings
from portgauge.rulebook.effort_classes import EffortModel


def assumptions(inventory: Inventory, settings: Settings, *, effort: EffortModel) -> tuple[str, ...]:
    """Return one sentence for each assumption; it ends with "(given)" or "(default)"."""

    def said(name: str) -> str:
        return "given" if name in settings.given else "default"

    days, people = settings.hours_per_day, settings.team
    money = "No rate, so no money is shown" if settings.rate is None else f"An hour costs {settings.rate:g}"
    experience = (
        "The people have ported to HIP before"
        if settings.experience == "expert"
        else f"This is the team's first port to HIP: change and verify cost {effort.experience_first:g} times as much"
    )
    return (
        f"The target machine runs ROCm {settings.rocm_version} ({said('rocm_version')}).",
        f"The way of working is {settings.mode.value} ({said('mode')}).",
        f"A working day has {days:g} hours ({said('hours_per_day')}).",
        f"{'1 person works' if people == 1 else f'{people:,} people work'} on the port ({said('team')}).",
        f"{_tested(inventory, settings)} ({said('tests')}).",
        f"{_tuned(inventory, settings)} ({said('hot_kernels')}).",
        f"The port {'goes' if settings.upstream else 'does not go'} upstream ({said('upstream')}).",
        f"{experience} ({said('experience')}).",
        f"{money} ({said('rate')}).",
        f"Vendored code is {'included' if settings.include_vendored else 'left out'} ({said('include_vendored')}).",
    )


def _tested(inventory: Inventory, settings: Settings) -> str:
    tested = "Tests reach the kernels" if has_tests(inventory, settings) else "No tests reach the kernels"
    if settings.tests != "auto":
        return tested
    return f"{tested}; read from the file names, whether a test reaches a kernel is not checked"


def _tuned(inventory: Inventory, settings: Settings) -> str:
    hot = hot_kernels(inventory, settings)
    count = hot if isinstance(hot, int) else len(hot)
    if not count:
        return "No kernel is tuned for speed"
    named = "" if isinstance(hot, int) else ", those that --hot-kernels names"
    return f"{count:,} {'kernel is' if count == 1 else 'kernels are'} tuned for speed{named}"
