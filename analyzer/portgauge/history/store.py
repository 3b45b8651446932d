"""The store of a history: each analysis is recorded once, and nothing recorded is ever lost.

SQLite by default, in write-ahead mode, so that a killed writer leaves what it had committed and two writers wait for
each other; PostgreSQL by URL.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError, OperationalError

from portgauge.errors import InstallationError, UserError
from portgauge.history import tables
from portgauge.history.tables import SCHEMA_VERSION
from portgauge.model.estimate import Block
from portgauge.model.snapshot import ComponentFigures, Snapshot, TargetFigures

DEFAULT_FILE = Path(".portgauge") / "history.db"
_KEY_BYTES = 10
_WAIT_SECONDS = 30.0
_MIGRATIONS: Mapping[int, tuple[str, ...]] = {}
"""Schema version to the statements that make it the next one."""


class HistoryStore:
    """A database of snapshots. Used as a context, so that its connections are closed."""

    def __init__(
        self, url: str | None = None, *, wait_seconds: float = _WAIT_SECONDS, must_exist: bool = False
    ) -> None:
        """Open the store, and bring its schema up to date.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql://...``; None for ``.portgauge/history.db``.
            wait_seconds: How long another writer is waited for.
            must_exist: Refuse to make a new file.

        Raises:
            UserError: If it cannot be opened, is damaged, or was made by a newer portgauge.
            InstallationError: If the driver of the database is missing.
        """
        self._url = _parsed(url)
        shown = self._url.set(drivername=self._url.get_backend_name())
        self.shown = shown.render_as_string(hide_password=True) if url else str(DEFAULT_FILE)
        self._prepare_file(must_exist=must_exist)
        options: dict[str, Any] = {"connect_args": {"timeout": wait_seconds}} if self._is_sqlite else {}
        try:
            self._engine = create_engine(self._url, **options)
        except ModuleNotFoundError as error:
            raise InstallationError(
                f'{self.shown}: the driver {error.name} is missing; install it with: pip install "psycopg[binary]"'
            ) from error
        if self._is_sqlite:
            event.listen(self._engine, "connect", _on_connect)
            event.listen(self._engine, "begin", _on_begin)
        with self._writing() as connection:
            self._bring_up_to_date(connection)

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def __enter__(self) -> "HistoryStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _prepare_file(self, *, must_exist: bool) -> None:
        if not self._is_sqlite or not self._url.database or self._url.database == ":memory:":
            return
        file = Path(self._url.database)
        if must_exist and not file.exists():
            raise UserError(f"{self.shown}: there is no history yet; record one with `portgauge scan PATH --record`")
        if file.is_dir():
            raise UserError(f"{self.shown}: this is a folder; expected the name of a file")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if file == DEFAULT_FILE and not file.exists():
                # A database is nothing that git can merge, and `git clean` must not take it.
                (file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError as error:
            why = error.strerror or error
            raise UserError(f"{file.parent} cannot be made: {why}; give another file with --store") from error

    def _bring_up_to_date(self, connection: Connection) -> None:
        has_schema = inspect(connection).has_table(tables.schema.name)
        version = connection.execute(select(tables.schema.c.version)).scalar() if has_schema else None
        if version is None:
            tables.metadata.create_all(connection)
            connection.execute(tables.schema.insert().values(version=SCHEMA_VERSION))
            return
        if version > SCHEMA_VERSION:
            raise UserError(
                f"{self.shown}: made by a newer portgauge (schema {version}; this one reads {SCHEMA_VERSION}); "
                "nothing was changed; update portgauge, or give another --store"
            )
        for step in range(version, SCHEMA_VERSION):
            for statement in _MIGRATIONS[step]:
                connection.execute(text(statement))
        if version != SCHEMA_VERSION:
            connection.execute(tables.schema.update().values(version=SCHEMA_VERSION))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Give one transaction; what a database complains about becomes a sentence for the user."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except (OperationalError, DatabaseError) as error:
            raise UserError(f"{self.shown}: {_said(error)}") from error

    def record(self, snapshot: Snapshot) -> bool:
        """Record a snapshot, and return whether it was not there yet.

        Raises:
            UserError: If the database refuses; then nothing of the snapshot is recorded.
        """
        key = _key(snapshot)
        try:
            with self._writing() as connection:
                known = connection.execute(select(tables.snapshots.c.id).where(tables.snapshots.c.key == key)).first()
                if known is not None:
                    return False
                _insert(connection, snapshot, key)
        except IntegrityError:
            # Another writer of PostgreSQL recorded the same between the question and the answer.
            return False
        return True

    def codebases(self) -> tuple[str, ...]:
        """Return the codebases that have a history, by name."""
        with self._writing() as connection:
            found = connection.execute(
                select(tables.snapshots.c.codebase).distinct().order_by(tables.snapshots.c.codebase)
            )
            return tuple(found.scalars())

    def snapshots(self, codebase: str) -> tuple[Snapshot, ...]:
        """Return the snapshots of a codebase, oldest first."""
        with self._writing() as connection:
            rows = connection.execute(select(tables.snapshots).where(tables.snapshots.c.codebase == codebase)).all()
            found = [_snapshot(connection, dict(row._mapping)) for row in rows]
        return tuple(sorted(found, key=lambda each: (each.at, each.analysed_at)))


def _parsed(url: str | None) -> URL:
    if url is None:
        return make_url(f"sqlite:///{DEFAULT_FILE}")
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() in ("sqlite", "postgresql"):
            return parsed
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UserError(f"--store is no address of a database; expected {_ADDRESSES}") from error
    raise UserError(f"--store names {parsed.get_backend_name()}; expected {_ADDRESSES}")


_ADDRESSES = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"


def _on_connect(connection: Any, _: Any) -> None:
    # The driver would begin transactions by itself, later than a writer needs it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # The lock is taken at once, so that two writers wait for each other instead of failing in the middle.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _said(error: DatabaseError) -> str:
    said = " ".join(str(error.orig).split())
    if "locked" in said:
        return "another process is writing to it and did not finish in time; nothing was recorded; try again"
    if "full" in said:
        return "the disk is full; nothing was recorded, and what was recorded before is whole"
    if "disk I/O error" in said:
        return f"it can be neither read nor written ({said}); the disk may be full or damaged; nothing was recorded"
    if "malformed" in said or "not a database" in said or "no such table" in said:
        return f"it is damaged or no database ({said}); move it away and record anew, or restore a copy"
    if "readonly" in said or "unable to open" in said:
        return f"it cannot be written ({said}); check the permissions of the file and its folder"
    if "connection failed" in said or "could not translate host name" in said:
        return f"the server cannot be reached ({said}); check the address, and that the server runs"
    return f"the database says: {said}"


def _key(snapshot: Snapshot) -> str:
    parts = (
        snapshot.codebase,
        snapshot.revision or "",
        snapshot.content_digest,
        snapshot.settings,
        snapshot.rulebook_digest,
        snapshot.tool_version,
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


_SAME_NAMES = (
    "codebase", "revision", "label", "committed_at", "analysed_at", "dirty", "content_digest", "tool_version",
    "rulebook_digest", "knowledge_date", "settings", "mode", "cuda_files", "cuda_lines", "kernels", "read_share",
)  # fmt: skip


def _insert(connection: Connection, snapshot: Snapshot, key: str) -> None:
    packed = b"".join(map(bytes.fromhex, snapshot.finding_keys))
    row = {name: getattr(snapshot, name) for name in _SAME_NAMES}
    inserted = connection.execute(tables.snapshots.insert().values(key=key, finding_keys=packed, **row))
    primary_key = inserted.inserted_primary_key
    assert primary_key is not None
    number = primary_key[0]
    for position, figures in enumerate(snapshot.targets):
        connection.execute(
            tables.targets.insert().values(
                snapshot=number,
                position=position,
                target=figures.target,
                hours_p50=figures.hours_p50,
                hours_p90=figures.hours_p90,
                **{f"{block.value}_p50": hours for block, hours in figures.blocks_p50},
                verdict=figures.verdict,
                grade=figures.grade,
                portability=figures.portability,
                covered=figures.covered,
                open=figures.open,
            )
        )
    rows = [
        {"snapshot": number, "position": position, "name": part.name, "hours_p50": part.hours_p50}
        for position, part in enumerate(snapshot.components)
    ]
    if rows:
        connection.execute(tables.components.insert(), rows)


def _in_utc(moment: datetime | None) -> datetime | None:
    # SQLite keeps no time zone; everything is written in UTC.
    return moment if moment is None else moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _snapshot(connection: Connection, row: Mapping[str, Any]) -> Snapshot:
    figures = connection.execute(
        select(tables.targets).where(tables.targets.c.snapshot == row["id"]).order_by(tables.targets.c.position)
    ).all()
    parts = connection.execute(
        select(tables.components)
        .where(tables.components.c.snapshot == row["id"])
        .order_by(tables.components.c.position)
    ).all()
    packed = row["finding_keys"]
    values = {name: row[name] for name in _SAME_NAMES}
    values |= {name: _in_utc(row[name]) for name in ("committed_at", "analysed_at")}
    return Snapshot(
        **values,
        targets=tuple(
            TargetFigures(
                target=each.target,
                hours_p50=each.hours_p50,
                hours_p90=each.hours_p90,
                blocks_p50=tuple((block, each._mapping[f"{block.value}_p50"]) for block in Block),
                verdict=each.verdict,
                grade=each.grade,
                portability=each.portability,
                covered=each.covered,
                open=each.open,
            )
            for each in figures
        ),
        components=tuple(ComponentFigures(name=each.name, hours_p50=each.hours_p50) for each in parts),
        finding_keys=tuple(packed[start : start + _KEY_BYTES].hex() for start in range(0, len(packed), _KEY_BYTES)),
    )
