"""What reading one file gives."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePosixPath

from portgauge.model.analysis import Problem
from portgauge.model.base import value
from portgauge.model.component import Reading
from portgauge.model.finding import Site
from portgauge.model.kernel import Kernel, KernelLaunch, WaveDependence
from portgauge.model.location import Define, Guard, Location


@value
class Include:
    """One ``#include`` as written."""

    text: str
    is_quoted: bool
    line: int
    guards: tuple[Guard, ...] = ()
    """Conditions around it, outermost first."""


@value
class Launch:
    """One kernel launch."""

    kernel: str
    """The name launched, without template arguments and scopes; empty when it is no name."""
    launch: KernelLaunch


@value
class Forwarder:
    """A function or macro that launches what it is given."""

    name: str
    argument: int
    """Which argument it launches, from 0."""
    launch: KernelLaunch


@value
class Passed:
    """A name that may be a kernel's, as an argument of a call."""

    callee: str
    argument: int
    """From 0."""
    kernel: str
    location: Location


@value
class Definition:
    """One function with a body."""

    name: str
    scopes: tuple[str, ...]
    """Namespaces and classes around it, outermost first, and those written before its name."""
    is_member: bool
    """It stands inside a class, or scopes are written before its name: a plain call elsewhere does not mean it."""
    is_hidden: bool
    """``static`` or in a namespace without name: only files that include this one can mean it."""
    is_device: bool
    line: int
    """1-based."""
    calls: tuple[tuple[str, ...], ...] = ()
    """What a function of the device calls by name: scopes as written, then the name; sorted."""
    wave: WaveDependence = WaveDependence.NONE
    """Of a function of the device, with those of its file that it calls."""


@value
class Call:
    """A function that a file calls by name."""

    name: str
    scopes: tuple[str, ...]
    """As written before the name."""
    lines: tuple[int, ...]
    """The first few, 1-based."""
    is_on_object: bool = False
    """Written ``object.name()`` or ``pointer->name()``."""
    is_passed: bool = False
    """Written as an argument, without being called: it may be no function."""
    classes: tuple[str, ...] = ()
    """Of the object, where the file declares it; of a plain call the class whose member calls. Without scopes."""
    object_name: str = ""
    """The object, where the file does not declare it."""
    is_held: bool = False
    """Behind an arrow or an index: on what the object holds, when it is a container or a smart pointer."""
    needs_class: bool = False
    """The classes of the standard library have members of that name too: without a class, it means nothing."""


@value
class Object:
    """An object that a header declares, as a member of a class or by itself."""

    name: str
    classes: tuple[str, ...]
    """Its class, without scopes; several where the header declares several objects of that name."""
    held: tuple[str, ...]
    """What a container or a smart pointer holds."""


@value
class Kin:
    """A class and what else it is: what its name is an alias of, or what it is derived from; both without scopes."""

    name: str
    other: str


class PlainKind(StrEnum):
    """What a plain name is when it is CUDA's, which decides what takes it away."""

    UNKNOWN = "unknown"
    """A name in no table that looks like CUDA's: any definition in the codebase shows that it is its own."""
    CALLABLE = "callable"
    """A function or builtin variable: a local variable of that name elsewhere is another thing."""
    NAMESPACE = "namespace"
    """A library's namespace: the codebase's own where it is defined and no header of the library is included."""
    OTHER = "other"
    MASK = "mask"
    """A lane mask: a finding only where files of the codebase make the name a number of 32 bits, and none another."""


@value
class PlainName:
    """A name that is CUDA's only if the codebase does not define it itself."""

    name: str
    kind: PlainKind
    needs_mark: tuple[str, ...] = ()
    """Macros of which one must mark device functions somewhere in the codebase, for the name to be CUDA's."""


@value
class Uses:
    """What one file calls, and by what the class of an object is known; empty where it was not parsed."""

    calls: tuple[Call, ...] = ()
    objects: tuple[Object, ...] = ()
    kin: tuple[Kin, ...] = ()


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
    """Of the file as it lies there; empty when it was not read."""
    sites: tuple[Site, ...]
    identities: tuple[str, ...]
    """What each site is apart from the file that it is in."""
    plain_sites: tuple[tuple[PlainName, int], ...]
    """Name and index into ``sites`` of each site that falls away when the codebase defines the name itself."""
    kernels: tuple[Kernel, ...]
    launches: tuple[Launch, ...]
    forwarders: tuple[Forwarder, ...]
    passed: tuple[Passed, ...]
    """Only what can matter: a kernel of the file, or an argument of one of its forwarders."""
    includes: tuple[Include, ...]
    definitions: tuple[Definition, ...]
    calls: tuple[Call, ...]
    objects: tuple[Object, ...]
    kin: tuple[Kin, ...]
    """These four only of files that were parsed."""
    defined: frozenset[str]
    """Names that this file defines for others and that look like CUDA's or are plain API names."""
    defined_inside: frozenset[str]
    """The same for names of a function's body, a parameter list or a class."""
    masks: frozenset[tuple[str, int]]
    """Names that this file makes all ones or a complement, each with its width in bits."""
    device_macros: frozenset[str]
    """Macros defined here that mark device functions."""
    defines: tuple[Define, ...]
    """Macros without parameters, with the conditions around them."""
    problems: tuple[Problem, ...]


_NARROW_MASK = 32
"""Bits."""


def own_sites(facts: Sequence[FileFacts]) -> tuple[Site, ...]:
    """Return all sites of a codebase, in the order of its files, but those of names that it defines itself."""
    defined = frozenset(name for found in facts for name in found.defined)
    anywhere = defined.union(*(found.defined_inside for found in facts))
    marks = frozenset(name for found in facts for name in found.device_macros)
    widths: dict[str, set[int]] = {}
    for name, bits in (mask for found in facts for mask in found.masks):
        widths.setdefault(name, set()).add(bits)
    included = frozenset(site.rule_id for found in facts for site in found.sites if site.fact("seen_as") == "include")

    def is_own(plain: PlainName, found: FileFacts, site: Site) -> bool:
        if plain.kind is PlainKind.MASK:
            return widths.get(plain.name) != {_NARROW_MASK}
        if plain.kind is PlainKind.NAMESPACE:
            return plain.name in defined and site.rule_id not in included
        if plain.needs_mark and marks.isdisjoint(plain.needs_mark):
            return True
        if plain.kind is PlainKind.UNKNOWN:
            return plain.name in anywhere
        return plain.name in defined or (plain.kind is PlainKind.OTHER and plain.name in found.defined_inside)

    sites: list[Site] = []
    for found in facts:
        own = {index for plain, index in found.plain_sites if is_own(plain, found, found.sites[index])}
        sites += [site for index, site in enumerate(found.sites) if index not in own]
    return tuple(sites)
