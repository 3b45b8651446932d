"""What the graph is made from: plain values, so that it knows no parser.

What there is of in thousands (includes, functions, calls) is only described here: whoever has such values hands over
his own.
"""

from pathlib import PurePosixPath
from typing import Protocol

from portgauge.model.base import value
from portgauge.model.component import ComponentKind
from portgauge.model.kernel import KernelLaunch, WaveDependence
from portgauge.model.location import Location


class IncludeLine(Protocol):
    """One ``#include`` of a file."""

    @property
    def text(self) -> str:
        """The path as written, without quotes or brackets."""

    @property
    def is_quoted(self) -> bool:
        """Written with quotes, so that the folder of the file itself is looked in first."""

    @property
    def line(self) -> int:
        """1-based."""


class Function(Protocol):
    """One function that a file defines."""

    @property
    def name(self) -> str:
        """Without its scopes."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Namespaces and classes, outermost first."""

    @property
    def is_member(self) -> bool:
        """A plain call elsewhere does not mean it."""

    @property
    def is_hidden(self) -> bool:
        """Only files that include this one can mean it."""

    @property
    def line(self) -> int:
        """1-based."""

    @property
    def is_device(self) -> bool:
        """It runs on the device."""

    @property
    def calls(self) -> tuple[tuple[str, ...], ...]:
        """What it calls by name on the device: scopes as written, then the name."""

    @property
    def wave(self) -> WaveDependence:
        """What it does with the wave."""


class NamedLaunch(Protocol):
    """A launch and the kernel that it names."""

    @property
    def kernel(self) -> str:
        """The kernel that it names; empty when it names none."""

    @property
    def launch(self) -> KernelLaunch:
        """Its place and configuration."""


class ForwardedLaunch(Protocol):
    """A launch, in a function or macro, of one of its arguments."""

    @property
    def name(self) -> str:
        """Of the function or macro that launches one of its arguments."""

    @property
    def argument(self) -> int:
        """Which one, from 0."""

    @property
    def launch(self) -> KernelLaunch:
        """Its place and configuration."""


class PassedKernel(Protocol):
    """A name that may be a kernel's, as an argument of a call."""

    @property
    def callee(self) -> str:
        """What is called with a name that may be a kernel's."""

    @property
    def argument(self) -> int:
        """Which argument the name is, from 0."""

    @property
    def kernel(self) -> str:
        """The name."""

    @property
    def location(self) -> Location:
        """Of the call."""


class WrittenName(Protocol):
    """A name of a function as a call has it."""

    @property
    def name(self) -> str:
        """Without the scopes before it."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """As written before the name."""


class CalledName(WrittenName, Protocol):
    """A name that a file calls or launches."""

    @property
    def lines(self) -> tuple[int, ...]:
        """The first few, 1-based."""

    @property
    def is_on_object(self) -> bool:
        """Written ``object.name()`` or ``pointer->name()``."""

    @property
    def is_passed(self) -> bool:
        """Written as an argument, without being called: it may be no function."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Of the object, where the file declares it; of a plain call the class whose member calls. Without scopes."""

    @property
    def object_name(self) -> str:
        """The object, where the file does not declare it."""

    @property
    def is_held(self) -> bool:
        """On what the object holds, when it is a container or a smart pointer."""

    @property
    def needs_class(self) -> bool:
        """Classes of other libraries have members of that name too: without a class, it means nothing."""


class DeclaredObject(Protocol):
    """An object that a header declares."""

    @property
    def name(self) -> str:
        """Of the object."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Its class, without scopes; several where the header declares several objects of that name."""

    @property
    def held(self) -> tuple[str, ...]:
        """What a container or a smart pointer holds."""


class Kinship(Protocol):
    """A class and what else it is; both without scopes."""

    @property
    def name(self) -> str:
        """The class."""

    @property
    def other(self) -> str:
        """What the name is an alias of, or what the class is derived from."""


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
    behind: tuple[tuple[PurePosixPath, tuple[str, ...]], ...] = ()
    """Sources that it compiles only with some build options, with those options."""


@value
class MappedComponent:
    """A component that the user defines."""

    name: str
    patterns: tuple[str, ...]
    """As in ``.gitignore``, from the codebase root."""
