"""Sites (what is there) and findings (what that means on one target)."""

from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.model.location import Guard, Location, Snippet
from portgauge.model.rule import Automation, Confidence, FailureMode, Severity


@value
class Site:
    """One place in the code that a rule matched; knows no target."""

    rule_id: str
    location: Location
    match: str
    """The source text as written, at most 200 characters."""
    function: str | None
    """Enclosing kernel or function; None at file scope."""
    facts: tuple[tuple[str, str | int], ...]
    """What the matcher found and a judgement may read: ``mask_bits``, ``literal``, ``opcode`` and the like."""
    guards: tuple[Guard, ...]
    """Conditions around the site, outermost first."""
    confidence: Confidence
    fingerprint: str
    """Hex; equal in the next snapshot though lines moved."""
    snippet: Snippet | None

    @property
    def path(self) -> PurePosixPath:
        """The file that the site is in."""
        return self.location.path

    def fact(self, name: str) -> str | int | None:
        """Return a fact by name, None when the matcher did not find it."""
        for key, found in self.facts:
            if key == name:
                return found
        return None


IGNORED = "ignored in the code: "
"""What ``Finding.covered_by`` begins with when a comment asks to ignore it; the reason follows."""
SYCL_BACKEND = "sycl-backend"
"""The same of a site in a backend that is written in SYCL, which a port to HIP does not touch."""
NEVER_COMPILED = "never-compiled"
"""The same of code in branches that no build compiles, such as ``#if 0``: it costs nothing and is no layer."""


@value
class Finding:
    """A site judged for one target."""

    site: Site
    target: str
    message: str
    severity: Severity
    failure_mode: FailureMode
    automation: Automation
    effort_class: str
    blocker: str
    """Blocker class when this is part of a decision, which is never priced by the site; else empty."""
    obstacle: str
    covered_by: str | None
    """The layer that already handles the site, or ``IGNORED`` with the reason; then it costs nothing."""

    @property
    def is_ignored(self) -> bool:
        """Whether a comment in the code asks to ignore it."""
        return self.covered_by is not None and self.covered_by.startswith(IGNORED)

    @property
    def needs_somebody(self) -> bool:
        """Whether it is open and something happens when nobody touches it: what gates, baselines and trends count."""
        return self.covered_by is None and self.severity is not Severity.NONE

    @property
    def is_on_amd_path(self) -> bool:
        """Whether the code that AMD GPUs run already handles the site, and not only nobody needs it there."""
        return self.covered_by not in (None, SYCL_BACKEND, NEVER_COMPILED) and not self.is_ignored
