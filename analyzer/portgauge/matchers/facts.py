"""What reading one file gives."""

from pathlib import PurePosixPath

from portgauge.model.analysis import Problem
from portgauge.model.base import value
from portgauge.model.component import Kernel, Reading
from portgauge.model.finding import Site
from portgauge.model.location import Location


@value
class Include:
    """One ``#include`` as written."""

    text: str
    is_quoted: bool
    line: int


@value
class Launch:
    """One kernel launch."""

    kernel: str
    """The name launched, without template arguments and scopes; empty when it is no name."""
    location: Location


@value
class FileFacts:
    """Everything that one file holds, as one worker found it."""

    path: PurePosixPath
    reading: Reading
    is_cuda: bool
    is_generated: bool
    code_lines: int
    degraded_bytes: int
    sha256: str
    sites: tuple[Site, ...]
    plain_sites: tuple[tuple[str, int], ...]
    """Name and index into ``sites`` of each site that falls away when the codebase defines the name itself."""
    kernels: tuple[Kernel, ...]
    launches: tuple[Launch, ...]
    includes: tuple[Include, ...]
    defined: frozenset[str]
    """Names that this file defines and that look like CUDA's or are plain API names."""
    problems: tuple[Problem, ...]
