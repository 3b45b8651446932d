"""An analysis with less in it, for readers who may not see the source.

Made before a report is rendered, so that no format can forget it.
"""

from collections.abc import Callable
from dataclasses import replace

from portgauge.model.analysis import Analysis, Withheld
from portgauge.model.finding import Site


def without_snippets(analysis: Analysis) -> Analysis:
    """Return the analysis without the source lines around each site; matches and names stay."""
    if analysis.withheld:
        return analysis
    return replace(with_sites(analysis, _bare), withheld=(Withheld.SNIPPETS,))


def _bare(site: Site) -> Site:
    return replace(site, snippet=None)


def with_sites(analysis: Analysis, change: Callable[[Site], Site]) -> Analysis:
    """Return the analysis with every site changed, the same in the inventory and in the findings."""
    changed = {site.fingerprint: change(site) for site in analysis.inventory.sites}
    return replace(
        analysis,
        inventory=replace(
            analysis.inventory, sites=tuple(changed[site.fingerprint] for site in analysis.inventory.sites)
        ),
        findings=tuple(replace(f, site=changed[f.site.fingerprint]) for f in analysis.findings),
    )
