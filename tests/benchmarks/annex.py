"""``python -m tests.benchmarks.annex DIR``: pages, time and memory of a PDF with the longest annex; writes ANNEX.md.

The findings of DIR are repeated under other paths until the annex holds as many as it ever does.
"""

import argparse
import io
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pypdf import PdfReader

from portgauge import analyse
from portgauge.model.analysis import Analysis
from portgauge.model.finding import Finding, Site
from portgauge.reporting.pdf_report import FULL_FINDINGS, annex_findings, render
from portgauge.reporting.summary import summarise

RESULTS = Path(__file__).parent / "ANNEX.md"
MAX_PEAK_GIGABYTES = 1.0


def _peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _copied(site: Site, number: int) -> Site:
    location = replace(site.location, path=PurePosixPath(f"copy{number}") / site.path)
    return replace(site, location=location, fingerprint=f"{site.fingerprint}-{number}")


def grown(analysis: Analysis) -> Analysis:
    """Return the analysis with its findings repeated until the annex is full.

    Raises:
        ValueError: If nothing in it needs a person.
    """
    found = len(annex_findings(summarise(analysis), "full"))
    if not found:
        raise ValueError("no finding there needs a person; expected a checkout of CUDA code")
    sites, findings = list(analysis.inventory.sites), list(analysis.findings)
    for number in range(1, -(-FULL_FINDINGS // found)):
        copies: dict[str, Site] = {s.fingerprint: _copied(s, number) for s in analysis.inventory.sites}
        sites += copies.values()
        findings += [_with_site(finding, copies[finding.site.fingerprint]) for finding in analysis.findings]
    return replace(analysis, inventory=replace(analysis.inventory, sites=tuple(sites)), findings=tuple(findings))


def _with_site(finding: Finding, site: Site) -> Finding:
    return replace(finding, site=site)


def main(given: Sequence[str] | None = None) -> int:
    """Write the results; 1 when the memory is above the target."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.annex", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a checkout of CUDA code")
    folder = parser.parse_args(given).folder.resolve()
    analysis = grown(analyse(folder))
    findings = len(annex_findings(summarise(analysis), "full"))
    before, started, spent = _peak_gigabytes(), time.perf_counter(), time.process_time()
    pdf = render(analysis, annex="full")
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    peak, pages = _peak_gigabytes(), len(PdfReader(io.BytesIO(pdf)).pages)
    RESULTS.write_text(
        "# What the longest PDF costs\n\n"
        "Written by `python -m tests.benchmarks.annex`; do not edit by hand.\n"
        f"Measured on {datetime.now(UTC).date()} with `--pdf-annex full`; findings are repeated until the annex is "
        "full.\n"
        "The peak is that of the process, analysis and all; seconds move with whatever else the machine does.\n\n"
        "| corpus | findings in the annex | pages | MB | s | processor s | peak before, GB "
        f"| peak, GB (target {MAX_PEAK_GIGABYTES:g}) |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| {folder.name} | {findings:,} | {pages} | {len(pdf) / 1e6:.1f} | {seconds:.0f} | {processor:.0f} "
        f"| {before:.2f} | {peak:.2f} |\n",
        encoding="utf-8",
    )
    print(RESULTS.read_text(encoding="utf-8"))
    return 0 if peak <= MAX_PEAK_GIGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
