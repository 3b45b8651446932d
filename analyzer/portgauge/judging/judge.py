"""Severity, failure mode, automation and effort class of each site on one target."""

import re
from collections.abc import Mapping
from datetime import date

from portgauge.judging.conditions import Circumstances, holds
from portgauge.model.analysis import Inventory
from portgauge.model.finding import Finding, Site
from portgauge.model.rule import Judgement, Rule
from portgauge.model.target import Target
from portgauge.rulebook.rulebook import Rulebook

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Judge:
    """Judges sites with one rulebook, for one ROCm version; what it judged once it gives again."""

    def __init__(self, rulebook: Rulebook, *, rocm_version: str) -> None:
        self._rulebook = rulebook
        self._rocm_version = rocm_version
        self._decided: dict[tuple[object, ...], Judgement] = {}
        self._judged: dict[tuple[int, str], Finding] = {}
        """By the identity of the site: a file that stays the same from one revision to the next keeps its sites."""

    def rule_of(self, site: Site) -> Rule | None:
        """Return the rule of a site; a name that no table knew is looked up again, as tables grow."""
        unlisted = self._rulebook.unlisted
        if unlisted is not None and site.rule_id == unlisted.rule_id:
            name = str(site.fact("name") or site.match)
            for table in self._rulebook.tables.values():
                if table.kind == "api" and name in table.index:
                    return self._rulebook.rule(f"{table.name}/{name}")
        return self._rulebook.rule(site.rule_id)

    def _judgement(self, rule: Rule, site: Site, target: Target) -> Judgement:
        key = (rule.id, site.facts, target.id)
        decided = self._decided.get(key)
        if decided is None:
            circumstances = Circumstances(
                target=target, rocm_version=self._rocm_version, row=rule.row, facts=dict(site.facts)
            )
            decided = next(
                line for line in rule.judgement if all(holds(condition, circumstances) for condition in line.when)
            )
            self._decided[key] = decided
        return decided

    def judge(self, site: Site, target: Target) -> Finding | None:
        """Return the finding; None when the rulebook has no such rule."""
        key = (id(site), target.id)
        known = self._judged.get(key)
        # A finding holds its site, so no other site can come to have this identity.
        if known is not None:
            return known
        rule = self.rule_of(site)
        if rule is None:
            return None
        self._judged[key] = self._finding(rule, site, target)
        return self._judged[key]

    def _finding(self, rule: Rule, site: Site, target: Target) -> Finding:
        line = self._judgement(rule, site, target)
        return Finding(
            site=site,
            target=target.id,
            message=self._message(line.message or rule.message, rule, site, target),
            severity=line.severity,
            failure_mode=line.failure_mode,
            automation=line.automation,
            effort_class=line.effort_class,
            blocker=line.blocker,
            obstacle=line.obstacle,
            covered_by=None,
        )

    def _message(self, template: str, rule: Rule, site: Site, target: Target) -> str:
        values: Mapping[str, object] = {
            "name": site.match,
            **rule.row,
            **dict(site.facts),
            "match": site.match,
            "function": site.function or "file scope",
            "target": target.stands_for or target.id,
            "lanes_per_wave": target.lanes_per_wave,
            "rocm": self._rocm_version,
        }
        filled = _PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), template)
        return " ".join(filled.split()).removesuffix(" .")


def judge_sites(
    inventory: Inventory, *, judge: Judge, targets: tuple[Target, ...]
) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """Return the findings, target by target in the order of the sites, and the rules the rulebook lacks."""
    findings = []
    lost = set()
    for target in targets:
        for site in inventory.sites:
            finding = judge.judge(site, target)
            if finding is None:
                lost.add(site.rule_id)
            else:
                findings.append(finding)
    return tuple(findings), frozenset(lost)


def knowledge_date(findings: tuple[Finding, ...], *, rulebook: Rulebook) -> date:
    """Return the date of the oldest knowledge that judged one of the findings.

    A finding is as old as the newest source of its rule; without findings, the oldest source of all counts.
    """
    dates = set()
    for rule_id in {finding.site.rule_id for finding in findings}:
        rule = rulebook.rule(rule_id)
        known = [source.retrieved for source in rule.sources if source.retrieved] if rule else []
        if known:
            dates.add(date.fromisoformat(max(known)))
    return min(dates) if dates else rulebook.oldest_source()
