"""What changes between two analyses, and which parts could be, so that no decision stays open."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from portgauge.graph.assignment import COMPILED_SUFFIXES
from portgauge.model.analysis import Analysis
from portgauge.model.component import EdgeKind
from portgauge.model.finding import Finding
from portgauge.model.what_if import WhatIf, WhatIfSetting
from portgauge.parsing.conditions import Number, truth


def with_what_if(analysis: Analysis, *, before: Analysis, names: Sequence[str]) -> Analysis:
    """Return an analysis without some parts, with what that changes against the whole one."""
    found = difference(before, analysis, setting=WhatIfSetting.WITHOUT, names=names)
    return replace(analysis, what_if=found)


def difference(
    before: Analysis, after: Analysis, *, setting: WhatIfSetting, names: Sequence[str], instead_of: str = ""
) -> WhatIf:
    """Return what is otherwise on the headline target of ``after`` than on that of ``before``."""
    old, new = before.verdict(before.targets[0].id), after.verdict(after.targets[0].id)
    had = {blocker.blocker_class for blocker in old.blockers}
    left = {blocker.blocker_class for blocker in new.blockers}
    kept = {component.name for component in after.inventory.components}
    return WhatIf(
        setting=setting,
        names=tuple(names),
        instead_of=instead_of,
        hours_before=before.estimate(target=old.target, mode=before.settings.mode).total,
        hours_after=after.estimate(target=new.target, mode=after.settings.mode).total,
        verdict_before=old.word.value,
        verdict_after=new.word.value,
        decisions_gone=tuple(blocker.title for blocker in old.blockers if blocker.blocker_class not in left),
        decisions_new=tuple(blocker.title for blocker in new.blockers if blocker.blocker_class not in had),
        kernels_before=len(before.inventory.kernels),
        kernels_after=len(after.inventory.kernels),
        sites_before=len(before.inventory.sites),
        sites_after=len(after.inventory.sites),
        components_gone=tuple(c.name for c in before.inventory.components if c.name not in kept),
    )


def optional_around_decisions(analysis: Analysis) -> tuple[str, ...]:
    """Return options, files and components that could be left out and hold open decisions.

    Those are, for each place of a decision: the build option of its file; else that of its component; else a macro
    without which the place is not compiled; else its file, when that is compiled and included by no other; else the
    component, when no other needs it. Whether what calls a file has another way is not known.
    """
    verdict = analysis.verdict(analysis.targets[0].id)
    classes = {blocker.blocker_class for blocker in verdict.blockers}
    inventory = analysis.inventory
    owner = {path: component for component in inventory.components for path in component.files}
    needed = {name for component in inventory.components for name in component.depends_on}
    included = {edge.target for edge in inventory.edges if edge.kind is EdgeKind.INCLUDE}
    files_behind = Counter(option for file in inventory.files for option in file.options)
    found: dict[str, None] = {}
    for place in analysis.findings_for(verdict.target):
        if place.blocker not in classes or place.covered_by is not None:
            continue
        path, component = place.site.path, owner.get(place.site.path)
        if options := [guard.text for guard in place.site.guards if guard.kind == "build-option"]:
            # Of several, the one that takes the least away.
            found[min(options, key=lambda option: (files_behind[option], option))] = None
        elif component is not None and component.options:
            found[component.options[-1]] = None
        elif macro := _switch(place):
            found[macro] = None
        elif path.suffix in COMPILED_SUFFIXES and str(path) not in included:
            found[str(path)] = None
        elif component is not None and component.name not in needed:
            found[component.name] = None
    return tuple(found)


def _switch(place: Finding) -> str:
    """Return a macro of the project without which the place is not compiled; empty when there is none."""
    for guard in place.site.guards:
        if guard.kind not in ("if", "ifdef", "elif"):
            continue
        for name in dict.fromkeys(word for word in guard.text.replace("(", " ").replace(")", " ").split()):
            if name.isidentifier() and name != "defined" and not name.startswith("__"):

                def look_up(asked: str, name: str = name) -> tuple[bool | None, Number]:
                    return (False, 0) if asked == name else (None, None)

                if truth(guard.condition, look_up) is False:
                    return name
    return ""
