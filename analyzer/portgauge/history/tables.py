"""The tables of a history, in SQLite or PostgreSQL."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 1

metadata = MetaData()

schema = Table("portgauge_schema", metadata, Column("version", Integer, primary_key=True))

snapshots = Table(
    "portgauge_snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    # Digest of codebase, revision, content, settings and rulebook: what is recorded once.
    Column("key", String(64), nullable=False, unique=True),
    Column("codebase", Text, nullable=False, index=True),
    Column("revision", String(64)),
    Column("label", Text, nullable=False),
    Column("committed_at", DateTime(timezone=True)),
    Column("analysed_at", DateTime(timezone=True), nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("tool_version", Text, nullable=False),
    Column("rulebook_digest", Text, nullable=False),
    Column("knowledge_date", Date, nullable=False),
    Column("settings", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("cuda_files", Integer, nullable=False),
    Column("cuda_lines", Integer, nullable=False),
    Column("kernels", Integer, nullable=False),
    Column("read_share", Float, nullable=False),
    # The finding keys, 10 bytes each, sorted: one value instead of thousands of rows.
    Column("finding_keys", LargeBinary, nullable=False),
)

targets = Table(
    "portgauge_target",
    metadata,
    Column("snapshot", ForeignKey(snapshots.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("target", Text, nullable=False),
    Column("hours_p50", Float, nullable=False),
    Column("hours_p90", Float, nullable=False),
    Column("change_p50", Float, nullable=False),
    Column("verify_p50", Float, nullable=False),
    Column("tune_p50", Float, nullable=False),
    Column("upstream_p50", Float, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("portability", Integer),
    Column("covered", Integer, nullable=False),
    Column("open", Integer, nullable=False),
)

components = Table(
    "portgauge_component",
    metadata,
    Column("snapshot", ForeignKey(snapshots.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hours_p50", Float, nullable=False),
)
