"""What a user may compare: a saved analysis, a folder, or a folder at a git revision."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from portgauge.cli._scanning import Scanner
from portgauge.discovery.revisions import Repository
from portgauge.errors import InstallationError, UserError
from portgauge.history.comparing import Judged
from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.base import value


@value
class Named:
    """One side of a comparison, as the user named it."""

    text: str
    path: Path
    revision: str
    """Empty for the folder or file as it lies there."""

    @property
    def is_saved(self) -> bool:
        """Whether it is a saved analysis."""
        return not self.revision and self.path.is_file() and self.path.suffix == ".json"


@value
class Read:
    """One side of a comparison, read but not judged anew."""

    named: Named
    saved: Analysis | None
    """As it was judged then; None when it is judged now."""
    inventory: Inventory
    repository: Repository | None


def name_side(text: str) -> Named:
    """Return what a text means: ``FILE.json``, ``FOLDER`` or ``FOLDER@REVISION``; ``@REVISION`` is the folder here.

    Raises:
        UserError: If there is no such file or folder.
    """
    path = Path(text)
    if path.exists():
        return Named(text=text, path=path, revision="")
    folder, at, revision = text.rpartition("@")
    if at and revision and Path(folder or ".").exists():
        return Named(text=text, path=Path(folder or "."), revision=revision)
    raise UserError(
        f"{text}: there is no such file or folder; expected a saved analysis (.json), a folder, "
        "or a folder at a git revision such as .@v1.0"
    )


def load_saved(path: Path) -> Analysis:
    """Return a saved analysis.

    Raises:
        UserError: If it is none.
    """
    from portgauge.reporting.json_loading import load_analysis

    return load_analysis(path)


def read_side(named: Named, scanner: Scanner, *, saved: Analysis | None) -> Read:
    """Return what one side holds.

    Raises:
        UserError: If it cannot be read.
    """
    if saved is not None:
        return Read(named=named, saved=saved, inventory=saved.inventory, repository=None)
    if named.revision:
        repository = scanner.repository(named.path)
        inventory = scanner.read_tree(repository.tree(named.revision))
        return Read(named=named, saved=None, inventory=inventory, repository=repository)
    inventory = scanner.read_folder(named.path)
    found = None
    if inventory.revision is not None:
        with suppress(UserError, InstallationError):
            found = scanner.repository(named.path)
    return Read(named=named, saved=None, inventory=inventory, repository=found)


def renames_between(old: Read, new: Read) -> Mapping[str, str]:
    """Return the renames that git sees between two sides of one repository; nothing for anything else."""
    if old.repository is None or new.repository is None or old.repository.place != new.repository.place:
        return {}
    if old.inventory.revision is None or new.inventory.revision is None:
        return {}
    return old.repository.renames(old.inventory.revision, new.inventory.revision)


def judge_side(read: Read, scanner: Scanner, *, of_new: Analysis) -> Judged:
    """Return one side as it was judged then, and anew with its own settings and with those of the new side."""
    then = read.saved or scanner.judge(read.inventory)
    is_present = then.rulebook_digest == scanner.rulebook.digest and read.saved is None
    anew = then if is_present else scanner.judge(read.inventory, settings=then.settings)
    is_alike = _asked(then) == _asked(of_new)
    now = anew if is_alike else scanner.judge(read.inventory, settings=of_new.settings)
    return Judged(name=read.named.text, then=then, anew=anew, as_asked_now=now)


def _asked(analysis: Analysis) -> tuple[object, ...]:
    settings = analysis.settings
    return tuple(
        getattr(settings, name) for name in type(settings).__dataclass_fields__ if name not in ("given", "command")
    )
