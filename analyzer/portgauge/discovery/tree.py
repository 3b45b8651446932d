"""What discovery hands over: the files that count, and what could not be looked at."""

from pathlib import Path, PurePosixPath

from portgauge.discovery.content import Blob, Place
from portgauge.model.analysis import Problem
from portgauge.model.base import value
from portgauge.model.component import Reading, Standing


@value
class Candidate:
    """One file that portgauge knows the format of."""

    path: PurePosixPath
    """Relative to the root; bytes of the name that are no valid UTF-8 are written as ``\\xff``."""
    absolute: Path
    """Opens the file; may hold surrogate escapes."""
    language: str
    standing: Standing
    byte_count: int
    decision: Reading
    """``PARSED`` means "to be read"; else ``EXCLUDED``, ``NOT_SUPPORTED`` or ``NOT_READ``."""
    blob: Blob | None = None
    """Of a commit's file, which ``absolute`` only names."""

    @property
    def place(self) -> Place:
        """Where its bytes are."""
        return self.blob or str(self.absolute)


@value
class SourceTree:
    """The files of one codebase at one moment."""

    root: Path
    """Absolute, without links."""
    codebase: str
    """Name of the folder, or of the file when one file was asked for."""
    revision: str | None
    """Commit id of the git checkout; None outside one, and before the first commit."""
    dirty: bool
    """A file that counts differs from the revision, or the index does."""
    candidates: tuple[Candidate, ...]
    """Sorted by path; each file once."""
    problems: tuple[Problem, ...]

    @property
    def is_stored(self) -> bool:
        """Whether it is a commit in git's object store, and not a folder."""
        return any(candidate.blob is not None for candidate in self.candidates)
