"""Notebooks: the code cells of one, as Python, as commands of a shell, and as CUDA."""

import json
import re
from collections.abc import Iterator

from portgauge.model.base import value

_CELL_MAGIC = re.compile(r"^%%(\w+)([^\n]*)")
_SHELL_MAGICS = frozenset(("bash", "sh", "script", "shell"))
_CUDA_MAGICS = frozenset(("cu", "cuda", "cuda_group_run", "cuda_group_save", "nvcc"))
_MAX_CELLS = 20_000
_MAX_UNFOUND = 100
"""So often may a line be spelled in another way; then places are those of the last line that was found."""
_ESCAPED = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)")


@value
class CellText:
    """Lines of one cell that are of one kind."""

    kind: str
    """``python``, ``shell``, ``cuda`` or ``magic``."""
    text: str
    lines: tuple[tuple[int, int], ...]
    """Byte offsets in the file for each line of the text, escaped as the file writes it."""

    def place_of(self, offset: int) -> tuple[int, int]:
        """Return where the line that holds a byte offset of the text stands in the file."""
        number = self.text.encode().count(b"\n", 0, offset)
        return self.lines[min(number, len(self.lines) - 1)]


@value
class Notebook:
    """The code of one notebook."""

    cells: tuple[CellText, ...]
    problem: str
    """What is wrong with the file, in one sentence; empty when it reads well."""


def read_notebook(data: bytes) -> Notebook:
    """Return the code cells; a file that is no notebook gives none, and says why."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        what = str(error) or "nested too deeply"
        return Notebook(
            cells=(), problem=f"no valid JSON: {what[:200]}; the code of its cells is missing until it is mended"
        )
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list):
        problem = "holds no list `cells`, so it is no notebook of version 4; convert it with jupyter nbconvert"
        return Notebook(cells=(), problem=problem)
    problem = f"holds {len(cells):,} cells; only the first {_MAX_CELLS:,} are read" if len(cells) > _MAX_CELLS else ""
    found: list[CellText] = []
    places = _Places(data)
    for cell in cells[:_MAX_CELLS]:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            found += _parts([(line, places.of(line)) for line in _source(cell).split("\n")])
    return Notebook(cells=tuple(found), problem=problem)


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source")
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    # JSON may hold halves of a character, which no other text may.
    return text.encode("utf-8", "replace").decode("utf-8")


_Line = tuple[str, tuple[int, int]]


class _Places:
    """Where lines stand in the file, asked for in its order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._cursor = 0
        self._unfound = 0
        self._is_ascii = False

    def of(self, line: str) -> tuple[int, int]:
        """Return the byte offsets of a line; those of the place before it when it is spelled in another way there."""
        for is_ascii in (self._is_ascii, not self._is_ascii):
            if not line or self._unfound >= _MAX_UNFOUND:
                break
            escaped = json.dumps(line, ensure_ascii=is_ascii)[1:-1].encode()
            start = self._data.find(escaped, self._cursor)
            if start >= 0:
                self._is_ascii = is_ascii
                self._cursor = start + len(escaped)
                return (start, self._cursor)
            self._unfound += 1
        return (self._cursor, self._cursor)


def _parts(lines: list[_Line]) -> Iterator[CellText]:
    magic = _CELL_MAGIC.match(lines[0][0]) if lines else None
    name = magic.group(1).lower() if magic else ""
    writes_cuda = name == "writefile" and magic is not None and magic.group(2).strip().endswith((".cu", ".cuh"))
    if magic is not None:
        yield _text("magic", lines[:1])
        if name in _CUDA_MAGICS or writes_cuda:
            yield _text("cuda", lines[1:])
        elif name in _SHELL_MAGICS:
            yield _text("shell", lines[1:])
        if name not in ("time", "timeit", "capture"):
            return
        lines = lines[1:]
    commands = [(line.lstrip()[1:], place) for line, place in lines if line.lstrip().startswith(("!", "%"))]
    if commands:
        yield _text("shell", commands)
    # Magics leave their line empty, so that the lines of the code stay where they are.
    code = [("" if line.lstrip().startswith(("!", "%")) else line, place) for line, place in lines]
    if any(line.strip() for line, _ in code):
        yield _text("python", code)


def _text(kind: str, lines: list[_Line]) -> CellText:
    return CellText(
        kind=kind,
        text="\n".join(line for line, _ in lines),
        lines=tuple(place for _, place in lines) or ((0, 0),),
    )


def unescaped_in_place(data: bytes) -> bytes:
    """Return a text of JSON with its escapes blanked out, so that words stand where they stood."""

    def blank(found: "re.Match[bytes]") -> bytes:
        escaped = found[0][1:]
        return (escaped if escaped in (b'"', b"/", b"\\") else b"").rjust(len(found[0]))

    return _ESCAPED.sub(blank, data)
