"""Which sites go where a person is asked to look: SARIF, annotations, comments."""

from portgauge.model.base import value
from portgauge.model.finding import Finding
from portgauge.reporting.summary import Summary
from portgauge.reporting.tally import JudgedSite
from portgauge.reporting.texts import FAILURE_RANK, SEVERITY_RANK


@value
class Selection:
    """The sites that are shown, worst first, and how many are not."""

    sites: tuple[JudgedSite, ...]
    automatic_left_out: int
    """Sites that need nobody, and that nobody asked to see."""


def select_sites(summary: Summary, *, show_automatic: bool) -> Selection:
    """Return the sites that need a person on some target; with ``show_automatic`` all sites."""
    groups = (*summary.attention, *summary.automatic) if show_automatic else summary.attention
    return Selection(
        sites=tuple(sorted((site for group in groups for site in group.sites), key=lambda site: site.rank)),
        automatic_left_out=0 if show_automatic else sum(len(group.sites) for group in summary.automatic),
    )


def telling_finding(judged: JudgedSite) -> Finding:
    """Return the finding that says most about a site: on the target where it is worst, the first of them."""
    return min(judged.findings, key=lambda f: (SEVERITY_RANK[f.severity], FAILURE_RANK[f.failure_mode]))


def severities_words(judged: JudgedSite) -> str:
    """Return the severity on each target: ``gfx942 high, gfx1100 none``."""
    return ", ".join(f"{finding.target} {finding.severity.value}" for finding in judged.findings)
