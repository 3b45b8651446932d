"""``portgauge changed FILES``: what these files add to the last commit, for a hook before the next one."""

from pathlib import Path
from typing import Any

import click

from portgauge.cli._analyses import analysis_options

_GATE_MET = 1
_SHOWN = 20


@click.command(name="changed")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--fail-on",
    multiple=True,
    default=("new:1",),
    show_default=True,
    metavar="GATE",
    help="Exit with 1 when a gate is met, as for a scan; what the last commit holds is the baseline.",
)
@analysis_options
def command(files: tuple[Path, ...], fail_on: tuple[str, ...], **options: Any) -> int:
    """Say which findings FILES have that they had not in the last commit of this repository; reads only them.

    Made for pre-commit, which names the files. Files in formats that portgauge does not read are passed over.
    """
    from portgauge.cli._changes import changed_sides
    from portgauge.cli._gates import PlannedGates, hold_against, say_gates
    from portgauge.cli._scanning import Scanner
    from portgauge.history.baseline import baseline_of, compare_with_baseline
    from portgauge.history.gate import read_gate

    gates = tuple(read_gate(text) for text in fail_on)
    scanner = Scanner(options)
    sides = changed_sides(files, scanner)
    if sides is None:
        return 0
    before, now = sides
    baseline = baseline_of(before)
    new = compare_with_baseline(now, baseline).new
    messages = {f.site.fingerprint: f for f in now.findings_for(now.targets[0].id)}
    for site in new[:_SHOWN]:
        finding = messages.get(site.fingerprint)
        said = f"{finding.severity.value} {site.rule_id}: {finding.message}" if finding else site.rule_id
        click.echo(f"{site.path}:{site.location.line}:{site.location.column}: {said}")
    if len(new) > _SHOWN:
        click.echo(f"and {len(new) - _SHOWN:,} more")
    return _GATE_MET if say_gates(hold_against(PlannedGates(gates=gates, baseline=baseline), now)) else 0
