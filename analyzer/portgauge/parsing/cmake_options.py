"""The options that a CMake build offers to its users."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.cmake_variables import Scope, as_written


@value
class CMakeOption:
    """One option that the user of the build sets."""

    name: str
    title: str
    default: str
    path: PurePosixPath
    line: int


class OptionTable:
    """All options found so far."""

    def __init__(self) -> None:
        self._options: dict[tuple[str, PurePosixPath], CMakeOption] = {}

    def add(self, arguments: Sequence[str], scope: Scope, path: PurePosixPath, line: int) -> None:
        """Add what ``option(NAME "title" default)`` offers; of two with one name in a file the first counts."""
        words = [as_written(" ".join(scope.expand(word)[:1])) for word in arguments]
        option = CMakeOption(
            name=words[0],
            title=words[1] if len(words) > 1 else "",
            default=words[2] if len(words) > 2 else "OFF",
            path=path,
            line=line,
        )
        self._options.setdefault((option.name, option.path), option)

    def options(self) -> tuple[CMakeOption, ...]:
        """Return every option, sorted."""
        return tuple(sorted(self._options.values(), key=lambda o: (o.name, o.path, o.line)))
