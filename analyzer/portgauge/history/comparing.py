"""Two analyses to a comparison: every change with its cause, and the hours that each cause adds.

What changed because somebody changed the code is told from what changed because portgauge learned something by
judging both inventories anew with one rulebook, the present one, in the present tool:

    old, as judged then -> old, judged anew -> new, judged anew -> new, as judged then
            knowledge, tool or settings    code           knowledge or tool

A site that came or went in the middle step is a change of the code, unless the two inventories were not looked
through in the same way: then nobody knows, and it is called not comparable.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from portgauge.history.pairing import Pairs, pair_sites, was_read
from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.base import value
from portgauge.model.comparison import Cause, CauseHours, Change, Comparison, ComponentHours, Side, SiteChange
from portgauge.model.estimate import CODEBASE_AS_A_WHOLE
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Mode

_NO_HOURS = 1e-6


@value
class Judged:
    """One side: as it was judged then, and judged anew with the present rulebook."""

    name: str
    then: Analysis
    anew: Analysis
    """With the settings of ``then``."""
    as_asked_now: Analysis
    """With the settings of the new side."""


def compare(
    old: Judged,
    new: Judged,
    *,
    judge: Callable[[Inventory], Analysis],
    renames: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Comparison:
    """Return what lies between two analyses; hours are for the headline target and mode of the new one.

    Args:
        old: The earlier analysis.
        new: The later one.
        judge: Judges an inventory with the present rulebook and the settings of the new side.
        renames: Old path to new path, as git tells.
        notes: What a reader should know beside what is found here.
    """
    target, mode = new.then.targets[0].id, new.then.settings.mode
    known = {each.id for each in old.as_asked_now.targets}
    targets = tuple(each.id for each in new.then.targets if each.id in known)
    pairs = pair_sites(old.then.inventory, new.then.inventory, renames=renames or {})
    changes = _Changes(old, new, pairs=pairs, targets=targets).all()
    hours = _Hours(old, new, changes=changes, renames=pairs.renames, judge=judge, target=target, mode=mode)
    return Comparison(
        old=_side(old, target=target, mode=mode),
        new=_side(new, target=target, mode=mode),
        target=target,
        targets=targets,
        mode=mode,
        changes=changes,
        unchanged_sites=len(new.then.inventory.sites) - sum(change.new is not None for change in changes),
        renames=tuple(sorted(pairs.renames.items())),
        causes=hours.causes(None),
        components=hours.components(),
        notes=(*notes, *_notes(old, new)),
    )


def _side(judged: Judged, *, target: str, mode: Mode) -> Side:
    analysis = judged.then if any(each.id == target for each in judged.then.targets) else judged.as_asked_now
    estimate, verdict = analysis.estimate(target=target, mode=mode), analysis.verdict(target)
    return Side(
        name=judged.name,
        codebase=analysis.inventory.codebase,
        revision=analysis.inventory.revision,
        dirty=analysis.inventory.dirty,
        analysed_at=analysis.analysed_at,
        tool_version=judged.then.tool_version,
        rulebook_digest=judged.then.rulebook_digest,
        knowledge_date=judged.then.knowledge_date,
        sites=len(analysis.inventory.sites),
        hours_p50=estimate.total.p50,
        hours_p90=estimate.total.p90,
        grade=verdict.grade,
        verdict=verdict.word.value,
        portability=verdict.portability,
    )


def _notes(old: Judged, new: Judged) -> list[str]:
    found = []
    before, after = old.then, new.then
    if before.inventory.codebase != after.inventory.codebase:
        found.append(
            f"The codebases have different names ({before.inventory.codebase}, {after.inventory.codebase}); "
            "of two different codebases nothing below means progress."
        )
    lost = sorted({each.id for each in before.targets} - {each.id for each in after.targets})
    if lost:
        found.append(f"The old analysis was also judged for {', '.join(lost)}, which the new one leaves out.")
    if before.rulebook_digest != after.rulebook_digest:
        found.append(
            f"The rulebooks differ (knowledge of {before.knowledge_date} and {after.knowledge_date}); "
            "what that changed is called knowledge, and is neither progress nor its opposite."
        )
    changed = _changed_rules(before.inventory, after.inventory)
    if changed:
        found.append(
            f"{len(changed):,} rules look for something else than before or are new; "
            "what only they found is called not comparable."
        )
    return found


def _changed_rules(old: Inventory, new: Inventory) -> frozenset[str]:
    before, after = dict(old.looked_for), dict(new.looked_for)
    return frozenset(rule for rule in before.keys() | after.keys() if before.get(rule) != after.get(rule))


class _Changes:
    """Finds every change between two sides, and its cause."""

    def __init__(self, old: Judged, new: Judged, *, pairs: Pairs, targets: Sequence[str]) -> None:
        self._old, self._new, self._pairs, self._targets = old, new, pairs, targets
        before, after = old.then, new.then
        self._changed_rules = _changed_rules(before.inventory, after.inventory)
        self._old_read, self._new_read = was_read(before.inventory), was_read(after.inventory)
        self._old_paths = {str(file.path) for file in before.inventory.files}
        self._new_paths = {str(file.path) for file in after.inventory.files}
        self._old_digests = {str(file.path): file.sha256 for file in before.inventory.files}
        self._new_digests = {str(file.path): file.sha256 for file in after.inventory.files}
        self._old_name = {later: earlier for earlier, later in pairs.renames.items()}
        self._is_other_tool = before.tool_version != after.tool_version
        self._then = _by_fingerprint(old.then), _by_fingerprint(new.then)
        self._anew = _by_fingerprint(old.as_asked_now), _by_fingerprint(new.as_asked_now)
        self._old_settings = _by_fingerprint(old.anew)

    def all(self) -> tuple[SiteChange, ...]:
        """Return the changes, sorted by path and place."""
        found = [self._lone(site, Change.FIXED) for site in self._pairs.only_old]
        found += [self._lone(site, Change.ADDED) for site in self._pairs.only_new]
        found += [self._moved(earlier, later) for earlier, later in self._pairs.moved]
        found += [
            self._rejudged(earlier, later)
            for earlier, later in self._pairs.same
            if self._worth(earlier, self._then[0]) != self._worth(later, self._then[1])
        ]
        return tuple(sorted(found, key=_place))

    def _lone(self, site: Site, change: Change) -> SiteChange:
        is_new = change is Change.ADDED
        cause, why = self._cause_of_lone(site, is_new=is_new)
        judged = self._findings(site, self._then[is_new])
        return SiteChange(
            change=change,
            cause=cause,
            why=why,
            old=None if is_new else site,
            new=site if is_new else None,
            old_findings=() if is_new else judged,
            new_findings=judged if is_new else (),
        )

    def _cause_of_lone(self, site: Site, *, is_new: bool) -> tuple[Cause, str]:
        table = f"{site.rule_id.partition('/')[0]}/*"
        if site.rule_id in self._changed_rules or table in self._changed_rules:
            return Cause.NOT_COMPARABLE, "the rule looks for something else than before, or is new"
        path = str(site.path)
        other = self._old_name.get(path, path) if is_new else self._pairs.renames.get(path, path)
        paths, read = (self._old_paths, self._old_read) if is_new else (self._new_paths, self._new_read)
        if other in paths and other not in read:
            return Cause.NOT_COMPARABLE, f"the file was not read {'before' if is_new else 'this time'}"
        old_path, new_path = (other, path) if is_new else (path, other)
        digest = self._old_digests.get(old_path)
        if self._is_other_tool and digest and digest == self._new_digests.get(new_path):
            return Cause.TOOL, "the file is the same, and another version of portgauge read it"
        return Cause.CODE, ""

    def _moved(self, earlier: Site, later: Site) -> SiteChange:
        return SiteChange(
            change=Change.MOVED,
            cause=Cause.CODE,
            why="",
            old=earlier,
            new=later,
            old_findings=self._findings(earlier, self._then[0]),
            new_findings=self._findings(later, self._then[1]),
        )

    def _rejudged(self, earlier: Site, later: Site) -> SiteChange:
        then, settings, middle = (
            self._worth(earlier, self._then[0]),
            self._worth(earlier, self._old_settings),
            self._worth(earlier, self._anew[0]),
        )
        if middle != self._worth(later, self._anew[1]):
            cause, why = Cause.CODE, "the code around it makes it worth something else"
        elif then == settings and settings != middle:
            cause, why = Cause.SETTINGS, "something else was asked for"
        elif self._old.then.rulebook_digest != self._new.then.rulebook_digest:
            cause, why = Cause.KNOWLEDGE, "the rulebook judges it otherwise"
        else:
            cause, why = Cause.TOOL, "another version of portgauge judges it otherwise"
        return SiteChange(
            change=Change.REJUDGED,
            cause=cause,
            why=why,
            old=earlier,
            new=later,
            old_findings=self._findings(earlier, self._then[0]),
            new_findings=self._findings(later, self._then[1]),
        )

    def _findings(self, site: Site, judged: Mapping[str, Mapping[str, Finding]]) -> tuple[Finding, ...]:
        by_target = judged.get(site.fingerprint, {})
        return tuple(by_target[target] for target in self._targets if target in by_target)

    def _worth(self, site: Site, judged: Mapping[str, Mapping[str, Finding]]) -> tuple[object, ...]:
        """Return all that a reader of the finding would act on; the wording is not part of it."""
        return tuple(
            (
                finding.target,
                finding.severity,
                finding.failure_mode,
                finding.automation,
                finding.effort_class,
                finding.blocker,
                finding.covered_by is None,
            )
            for finding in self._findings(site, judged)
        )


def _place(change: SiteChange) -> tuple[object, ...]:
    location = change.site.location
    return (str(location.path), location.line, location.column, change.site.rule_id, change.change, change.cause)


def _by_fingerprint(analysis: Analysis) -> Mapping[str, Mapping[str, Finding]]:
    found: dict[str, dict[str, Finding]] = defaultdict(dict)
    for finding in analysis.findings:
        found[finding.site.fingerprint][finding.target] = finding
    return found


class _Hours:
    """The difference of two estimates, split by cause; every split adds up to its difference."""

    def __init__(
        self,
        old: Judged,
        new: Judged,
        *,
        changes: Sequence[SiteChange],
        renames: Mapping[str, str],
        judge: Callable[[Inventory], Analysis],
        target: str,
        mode: Mode,
    ) -> None:
        self._old, self._new, self._target, self._mode = old, new, target, mode
        self._is_other_rulebook = old.then.rulebook_digest != new.then.rulebook_digest
        self._was = _renamed_components(old.then.inventory, new.then.inventory, renames)
        not_comparable = _lone(changes, Cause.NOT_COMPARABLE)
        uncertain = not_comparable | _lone(changes, Cause.TOOL)
        self._old_steps = tuple(_without(old.as_asked_now, left_out, judge) for left_out in (not_comparable, uncertain))
        self._new_steps = tuple(_without(new.as_asked_now, left_out, judge) for left_out in (not_comparable, uncertain))

    def _total(self, analysis: Analysis, component: str | None) -> float:
        """Return the hours of a component, zero when there is none; a target that was not asked for has none."""
        try:
            return analysis.estimate(target=self._target, mode=self._mode, component=component).total.p50
        except KeyError:
            return 0.0

    def _then(self, judged: Judged, component: str | None) -> float:
        is_judged = any(each.id == self._target for each in judged.then.targets)
        return self._total(judged.then if is_judged else judged.as_asked_now, component)

    def _anew(self, judged: Judged, component: str | None) -> float:
        is_judged = any(each.id == self._target for each in judged.anew.targets)
        return self._total(judged.anew if is_judged else judged.as_asked_now, component)

    def causes(self, component: str | None) -> tuple[CauseHours, ...]:
        """Return what each cause adds to a component, by its new name, or to the whole."""
        was = self._was.get(component, component) if component is not None else None
        hours = dict.fromkeys(Cause, 0.0)
        learned = Cause.KNOWLEDGE if self._is_other_rulebook else Cause.TOOL
        hours[learned] += self._anew(self._old, was) - self._then(self._old, was)
        hours[Cause.SETTINGS] += self._total(self._old.as_asked_now, was) - self._anew(self._old, was)
        hours[learned] += self._then(self._new, component) - self._total(self._new.as_asked_now, component)
        old = [self._total(step, was) for step in (self._old.as_asked_now, *self._old_steps)]
        new = [self._total(step, component) for step in (self._new.as_asked_now, *self._new_steps)]
        hours[Cause.NOT_COMPARABLE] += old[1] - old[0] + new[0] - new[1]
        hours[Cause.TOOL] += old[2] - old[1] + new[1] - new[2]
        hours[Cause.CODE] += new[2] - old[2]
        return tuple(
            CauseHours(cause=cause, hours_p50=amount if abs(amount) > _NO_HOURS else 0.0)
            for cause, amount in hours.items()
        )

    def components(self) -> tuple[ComponentHours, ...]:
        """Return the components, and what belongs to none, whose hours differ; largest difference first."""
        before = {component.name for component in self._old.then.inventory.components}
        after = {component.name for component in self._new.then.inventory.components}
        found = []
        for name in sorted((before - set(self._was.values())) | after):
            was = self._was.get(name, name)
            old, new = self._then(self._old, was), self._then(self._new, name)
            causes = tuple(each for each in self.causes(name) if each.hours_p50)
            if abs(new - old) > _NO_HOURS or causes:
                found.append(
                    ComponentHours(
                        name=name,
                        was=was if was != name else "",
                        old_p50=old if was in before else None,
                        new_p50=new if name in after else None,
                        causes=causes,
                    )
                )
        whole = self._whole(before, after)
        if whole.causes:
            found.append(whole)
        return tuple(sorted(found, key=lambda c: (-abs((c.new_p50 or 0.0) - (c.old_p50 or 0.0)), c.name)))

    def _whole(self, before: Set[str], after: Set[str]) -> ComponentHours:
        """Return what the components, by their old and new names, leave of the whole."""
        hours = {each.cause: each.hours_p50 for each in self.causes(None)}
        gone = before - set(self._was.values())
        for name in gone | after:
            for each in self.causes(name):
                hours[each.cause] -= each.hours_p50
        return ComponentHours(
            name=CODEBASE_AS_A_WHOLE,
            was="",
            old_p50=self._then(self._old, None) - sum(self._then(self._old, name) for name in before),
            new_p50=self._then(self._new, None) - sum(self._then(self._new, name) for name in after),
            causes=tuple(CauseHours(cause=c, hours_p50=h) for c, h in hours.items() if abs(h) > _NO_HOURS),
        )


def _lone(changes: Sequence[SiteChange], cause: Cause) -> frozenset[str]:
    """Return the fingerprints of the sites that came or went for a cause."""
    lone = (Change.ADDED, Change.FIXED)
    return frozenset(each.site.fingerprint for each in changes if each.cause is cause and each.change in lone)


def _without(analysis: Analysis, left_out: frozenset[str], judge: Callable[[Inventory], Analysis]) -> Analysis:
    """Return an analysis as it would be without some sites: judged, since prices depend on each other."""
    sites = tuple(site for site in analysis.inventory.sites if site.fingerprint not in left_out)
    if len(sites) == len(analysis.inventory.sites):
        return analysis
    return judge(replace(analysis.inventory, sites=sites))


def _renamed_components(old: Inventory, new: Inventory, renames: Mapping[str, str]) -> Mapping[str, str]:
    """Return new name to old name of components that most of their files moved between."""
    before, after = _component_by_path(old), _component_by_path(new)
    gone, come = set(before.values()) - set(after.values()), set(after.values()) - set(before.values())
    moved = Counter(
        (before[earlier], after[later])
        for earlier, later in renames.items()
        if before.get(earlier) in gone and after.get(later) in come
    )
    sizes = Counter(before.values()), Counter(after.values())
    found: dict[str, str] = {}
    for (earlier, later), count in sorted(moved.items(), key=lambda item: (-item[1], sorted(item[0]))):
        if count * 2 > max(sizes[0][earlier], sizes[1][later]):
            found[later] = earlier
    return found


def _component_by_path(inventory: Inventory) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for component in inventory.components:
        for path in component.files:
            found.setdefault(str(path), component.name)
    return found
