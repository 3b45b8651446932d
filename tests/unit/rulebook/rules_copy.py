"""A copy of the rules that a test may spoil."""

from pathlib import Path

import pytest

from portgauge.errors import RuleError
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook


class RulesCopy:
    """A folder laid out as ``rules/`` is, with a few of its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text, which must be there."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r} any more; the test spoils nothing"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> None:
        (self.folder / file).write_bytes(content.encode() if isinstance(content, str) else content)

    def place(self, file: str, text: str) -> str:
        """Return ``rules/file:line`` of the first line that holds a text."""
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        return f"rules/{file}:{next(number for number, line in enumerate(lines, start=1) if text in line)}"

    def load(self) -> Rulebook:
        return load_rulebook(self.folder)

    def defects(self) -> tuple[str, ...]:
        """Return what the loader complains about, one line each."""
        with pytest.raises(RuleError) as refused:
            self.load()
        return refused.value.defects
