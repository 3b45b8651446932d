"""Kernels as first-class things: what they use, who launches them, what they call."""

from enum import StrEnum
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.model.location import Location


class WaveDependence(StrEnum):
    """What a kernel does with its wave, from nothing to the most."""

    NONE = "none"
    """No values are exchanged between lanes."""
    WITHIN_32_LANES = "within-32-lanes"
    """Values are exchanged, in groups of 32 lanes or fewer: right on every wave size."""
    UNKNOWN = "unknown"
    """It calls a function of another file that speaks of warps or lanes."""
    WHOLE_WAVE = "whole-wave"
    """What it does sees the whole wave: right only for the wave size that it was written for, or by its own care."""


@value
class KernelLaunch:
    """One launch of a kernel, with its configuration as written."""

    location: Location
    grid: str = ""
    """Empty when the launch does not show it, or it is withheld; the same for the next three."""
    block: str = ""
    shared: str = ""
    """Dynamic shared memory, in bytes."""
    stream: str = ""
    threads: int | None = None
    """Threads of a block when they are a number."""
    via: str = ""
    """The function or macro that launches what it is given; empty for a launch in place."""


@value
class AtomicUse:
    """The atomic calls of one kind in one kernel."""

    operation: str
    """Name of the function, such as ``atomicAdd``."""
    element: str
    """Type of the value as declared in the kernel; empty when it is declared elsewhere."""
    space: str
    """``shared`` for an array of the kernel in shared memory, else ``other``."""
    places: int


@value
class DeviceFunction:
    """A function of the codebase that a kernel reaches."""

    name: str
    path: PurePosixPath
    line: int
    """1-based."""


@value
class Kernel:
    """A ``__global__`` function."""

    name: str
    location: Location
    code_lines: int
    features: tuple[str, ...]
    complexity: int = 1
    """Cyclomatic: 1 and one for each branch, loop, case, ``?`` and logical operator of its text."""
    wave: WaveDependence = WaveDependence.NONE
    """With the functions of its own file that it calls."""
    atomics: tuple[AtomicUse, ...] = ()
    launches: tuple[KernelLaunch, ...] = ()
    """As far as a launch names it."""
    calls: tuple[DeviceFunction, ...] = ()
    """What it calls on the device, directly or through others, as far as names tell; by path and line."""
