"""The parts of the JSON that explain an estimate: the arithmetic of each component, and what drives the range."""

from portgauge.reporting.arithmetic import BlockWalk, LineWalk, RuleShare, Walk
from portgauge.reporting.drivers import Driver
from portgauge.reporting.json_parts import Json, range_object


def walk_object(walk: Walk) -> dict[str, Json]:
    """Return the arithmetic of one component: blocks, their lines, the rules of each, their places and sources."""
    return {
        "component": walk.component,
        "target": walk.target,
        "mode": walk.mode,
        "hours_p50": walk.hours_p50,
        "total": None if walk.total is None else range_object(walk.total),
        "blocks": [_block(block) for block in walk.blocks],
    }


def _block(block: BlockWalk) -> dict[str, Json]:
    return {"block": block.block.value, "hours_p50": block.hours_p50, "lines": [_line(line) for line in block.lines]}


def _line(walk: LineWalk) -> dict[str, Json]:
    line = walk.line
    return {
        "effort_class": line.effort_class,
        "reason": line.reason,
        "units": line.units,
        "minutes_each": range_object(line.minutes_each),
        "hours": range_object(line.hours),
        "basis": line.basis,
        "rules": [_rule(share) for share in walk.rules],
    }


def _rule(share: RuleShare) -> dict[str, Json]:
    return {
        "rule": share.rule_id,
        "minutes_p50": share.minutes_p50,
        "finding_fingerprints": [site.fingerprint for site in share.sites],
        "sources": [source.key for source in share.sources],
    }


def driver_object(driver: Driver) -> dict[str, Json]:
    """Return one kind of work with what it adds to the total and to its range."""
    return {
        "effort_class": driver.effort_class,
        "title": driver.title,
        "block": driver.block.value,
        "units": driver.units,
        "hours_p50": driver.hours_p50,
        "swing_hours": driver.swing_hours,
        "share": driver.share,
    }
