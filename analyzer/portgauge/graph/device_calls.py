"""What each kernel calls on the device, directly or through others, by the rules of ``calls``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import PurePosixPath

from portgauge.graph.calls import Homes
from portgauge.graph.includes import Reach
from portgauge.graph.inputs import Function
from portgauge.model.base import value
from portgauge.model.kernel import DeviceFunction, Kernel, WaveDependence

_FROM_LEAST = tuple(WaveDependence)
_Place = tuple[PurePosixPath, Function]


@value
class _Written:
    """A call in device code."""

    name: str
    scopes: tuple[str, ...]


class DeviceCalls:
    """The functions of the device of one codebase, and which calls which."""

    def __init__(self, functions: Mapping[PurePosixPath, Sequence[Function]], *, reach: Reach) -> None:
        self._functions = {
            path: [function for function in found if function.is_device] for path, found in functions.items()
        }
        self._reach = reach
        self._called: dict[_Place, tuple[_Place, ...]] = {}

    @cached_property
    def _homes(self) -> Homes:
        return Homes(self._functions, reach=self._reach)

    @cached_property
    def _by_line(self) -> Mapping[tuple[PurePosixPath, int], Function]:
        return {(path, function.line): function for path, found in self._functions.items() for function in found}

    def reached(self, kernel: Kernel) -> frozenset[_Place]:
        """Return the functions that a kernel reaches."""
        path = kernel.location.path
        start = self._by_line.get((path, kernel.location.line))
        if start is None:
            return frozenset()
        seen: set[_Place] = set()
        waiting: list[_Place] = [(path, start)]
        while waiting:
            for place in self._direct(*waiting.pop()):
                if place not in seen:
                    seen.add(place)
                    waiting.append(place)
        return frozenset(seen - {(path, start)})

    def _direct(self, path: PurePosixPath, function: Function) -> tuple[_Place, ...]:
        key = (path, function)
        if key not in self._called:
            found: list[_Place] = []
            for *scopes, name in function.calls:
                call = _Written(name=name, scopes=tuple(scopes))
                home = self._homes.meant(call, path)
                if home is not None:
                    found += [(home, other) for other in self._homes.fitting(call, home)]
            self._called[key] = tuple(found)
        return self._called[key]


def with_device_calls(
    kernels: Sequence[Kernel], functions: Mapping[PurePosixPath, Sequence[Function]], *, reach: Reach
) -> tuple[Kernel, ...]:
    """Return the kernels, each with the functions of the device that it reaches, and what those do with the wave."""
    calls = DeviceCalls(functions, reach=reach)
    return tuple(_with_reached(kernel, calls.reached(kernel)) for kernel in kernels)


def _with_reached(kernel: Kernel, reached: frozenset[_Place]) -> Kernel:
    found = {DeviceFunction(name=function.name, path=path, line=function.line) for path, function in reached}
    waves = {function.wave for _, function in reached} - {WaveDependence.NONE, WaveDependence.UNKNOWN}
    # What was unknown is known when the helper stands in another file that the kernel reaches.
    own = {kernel.wave} if kernel.wave is not WaveDependence.UNKNOWN or not waves else set()
    return replace(
        kernel,
        calls=tuple(sorted(found, key=lambda f: (f.path, f.line, f.name))),
        wave=max(own | waves, key=_FROM_LEAST.index),
    )
