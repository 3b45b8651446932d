"""What the graph is made from: plain values, so that it knows no parser."""

from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.model.component import ComponentKind
from portgauge.model.kernel import KernelLaunch, WaveDependence
from portgauge.model.location import Location


@value
class IncludeLine:
    """One ``#include`` of a file."""

    text: str
    """The path as written, without quotes or brackets."""
    is_quoted: bool
    """Written with quotes, so that the folder of the file itself is looked in first."""
    line: int
    """1-based."""


@value
class Function:
    """One function that a file defines."""

    name: str
    scopes: tuple[str, ...]
    """Namespaces and classes, outermost first."""
    is_member: bool
    is_hidden: bool
    """Only files that include this one can mean it."""
    line: int
    is_device: bool = False
    calls: tuple[tuple[str, ...], ...] = ()
    """What it calls by name on the device: scopes as written, then the name."""
    wave: WaveDependence = WaveDependence.NONE


@value
class NamedLaunch:
    """A launch and the kernel that it names; empty when it names none."""

    kernel: str
    launch: KernelLaunch


@value
class ForwardedLaunch:
    """A launch, in a function or macro, of one of its arguments."""

    name: str
    """Of the function or macro."""
    argument: int
    launch: KernelLaunch


@value
class PassedKernel:
    """A name that may be a kernel's, as an argument of a call."""

    callee: str
    argument: int
    kernel: str
    location: Location


@value
class CalledName:
    """A name that a file calls or launches."""

    name: str
    scopes: tuple[str, ...]
    """As written before the name."""
    lines: tuple[int, ...]


@value
class UnitLink:
    """One thing that a build unit is linked with."""

    target: str
    """Key of another unit, or ``library:NAME``."""
    path: PurePosixPath
    line: int


@value
class BuildUnit:
    """One thing that a build makes out of files: a CMake target or a Python extension module."""

    key: str
    """Unique among all units; links name it."""
    name: str
    """For people; need not be unique."""
    kind: ComponentKind
    is_linkable: bool
    """A library: others can depend on it. Nothing depends on an executable."""
    sources: tuple[PurePosixPath, ...]
    links: tuple[UnitLink, ...]
    declared_in: PurePosixPath
    """The build file; where it lies decides between units that list the same file."""
    line: int
    """1-based line of the declaration."""
    options: tuple[str, ...] = ()
    """Build options that must be set for it."""


@value
class MappedComponent:
    """A component that the user defines."""

    name: str
    patterns: tuple[str, ...]
    """As in ``.gitignore``, from the codebase root."""
