"""What no estimate holds, and what of each was seen in the code, so that nobody takes it for included."""

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.component import Standing
from portgauge.model.estimate import Block
from portgauge.reporting import sentences
from portgauge.reporting.coverage_summary import absent_submodules
from portgauge.reporting.rounding import counted

NOT_LOOKED_FOR = "not looked for"
_SHOWN = 3


@value
class OutsideCost:
    """One cost outside of the number."""

    cost: str
    seen: str
    """What of it was detected; ``NOT_LOOKED_FOR`` when nothing in the code could show it."""

    @property
    def words(self) -> str:
        """Cost and what was seen."""
        return f"{self.cost} ({self.seen})"


def not_in_this_number(analysis: Analysis) -> tuple[OutsideCost, ...]:
    """Return the costs that no estimate of this tool holds; the list is always the same."""
    inventory = analysis.inventory
    kernels = len(inventory.kernels)
    tuned = _tuned_kernels(analysis)
    own = [file for file in inventory.files if file.standing is not Standing.VENDORED]
    workflows = [file for file in own if file.language == "yaml-ci"]
    tests = sum(file.standing is Standing.TEST for file in own)
    closed = [library.title for library in analysis.libraries if library.status in ("none", "rewrite")]
    targets = " and ".join(analysis.settings.targets)
    experience = "has" if analysis.settings.experience == "expert" else "has not"
    absent = absent_submodules(inventory)
    found = (
        ("code that is not there", sentences.absent(absent) if absent else "no submodule lacks its code"),
        ("AMD hardware or cloud hours", f"one machine for each GPU asked for: {targets}"),
        ("CI runners", f"{counted(len(workflows), 'CI file')} found"),
        ("training", f"the team {experience} ported to HIP before, as assumed"),
        ("licences", _named(closed) if closed else NOT_LOOKED_FOR),
        ("the upkeep of the CUDA version", f"{counted(sum(file.is_cuda for file in own), 'CUDA file')} stay"),
        (
            "performance beyond the kernels that are named for tuning",
            f"{tuned:,} of {counted(kernels, 'kernel')} named",
        ),
        (
            "revalidation of models or results by domain experts",
            f"{counted(tests, 'test file')} found; what a result means is not in the code",
        ),
    )
    return tuple(OutsideCost(cost=cost, seen=seen) for cost, seen in found)


def _tuned_kernels(analysis: Analysis) -> int:
    whole = analysis.estimate(target=analysis.targets[0].id, mode=analysis.settings.mode)
    return sum(line.units for line in whole.lines if line.block is Block.TUNE)


def _named(titles: list[str]) -> str:
    more = f" and {len(titles) - _SHOWN} more" if len(titles) > _SHOWN else ""
    return f"what takes the place of {', '.join(titles[:_SHOWN])}{more}"
