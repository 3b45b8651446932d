"""AMD GPUs that code is judged for."""

from collections.abc import Mapping

from portgauge.model.base import value

UNKNOWN = "unknown"
"""What a target property says when no source states it; never the same as "no"."""


@value
class Target:
    """One AMD GPU, named as LLVM names its processor."""

    id: str
    """LLVM processor name, such as ``gfx942``."""
    title: str
    """Products and family, for people."""
    lanes_per_wave: int
    """32 or 64: what the HIP runtime uses."""
    properties: Mapping[str, str | int | bool]
    """Hardware facts by name; a missing key is unknown, never "no"."""
    stands_for: str = ""
    """The target that was asked for when this is its nearest listed relative; else empty."""

    def __post_init__(self) -> None:
        if self.lanes_per_wave not in (32, 64):
            raise ValueError(f"{self.id}: lanes_per_wave is {self.lanes_per_wave}, expected 32 or 64")

    def property(self, name: str) -> str | int | bool:
        """Return a property by name, ``UNKNOWN`` when no source states it."""
        if name == "lanes_per_wave":
            return self.lanes_per_wave
        return self.properties.get(name, UNKNOWN)
