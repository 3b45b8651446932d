"""Files matched in worker processes, each with a memory limit and a hard deadline.

Parsing can neither be interrupted from within nor survive every input, so each worker can be killed. A file
that stops its worker is tried once more alone, then read by the lexer only, then given up; a problem says so.
"""

import gc
import os
import resource
import socket
import subprocess
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path, PurePosixPath

from portgauge.discovery.content import Place
from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.reading import not_read, read_file
from portgauge.model.base import value
from portgauge.rulebook.artifact import load_cached

FILE_DEADLINE_SECONDS = 10.0
START_DEADLINE_SECONDS = 120.0
WORKER_MEMORY_BYTES = 2 * 1024**3
BATCH_BYTES = 400_000
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]


@value
class Job:
    """One file to match."""

    path: PurePosixPath
    place: Place
    language: str
    byte_count: int
    with_calls: bool = False
    """Functions and calls are wanted, also when no word of CUDA stands in it."""
    with_tree: bool = True
    attempts: int = 0


OnDone = Callable[[Job, FileFacts], None]
"""Called with a file and what it holds."""


def serve(descriptor: int, rules_folder: str, own_rules: str, tool_version: str) -> None:
    """Run one worker: take batches from the connection until it closes, answer file by file."""
    connection = Connection(descriptor)
    own = Path(own_rules) if own_rules else None
    rules = CompiledRules(load_cached(Path(rules_folder), tool_version=tool_version, own=own))
    _ = rules.query
    # The rules stay as they are: looking through them for circles with every file costs a twentieth of the time.
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY_BYTES, WORKER_MEMORY_BYTES))
    connection.send(("ready", 0, None))
    while True:
        try:
            jobs: list[Job] = connection.recv()
        except EOFError:
            return
        for number, job in enumerate(jobs):
            connection.send(("start", number, None))
            try:
                facts = read_file(
                    job.path,
                    job.place,
                    language=job.language,
                    rules=rules,
                    with_tree=job.with_tree,
                    with_calls=job.with_calls,
                )
            except MemoryError:
                os._exit(1)
            except Exception:
                # A rule that crashed must not look like a rule that found nothing.
                last = traceback.format_exc().strip().splitlines()[-1]
                facts = not_read(job.path, f"matching failed, a fault of portgauge ({last}); nothing of it counts")
            connection.send(("done", number, facts))
        connection.send(("idle", 0, None))


class _Worker:
    """One process with the batch that it works on."""

    def __init__(self, rules_folder: Path, own_rules: Path | None, tool_version: str) -> None:
        ours, theirs = socket.socketpair()
        self.connection = Connection(ours.detach())
        code = (
            f"import sys; sys.path.insert(0, {str(_PACKAGE_PARENT)!r}); "
            "from portgauge.matchers.workers import serve; "
            f"serve({theirs.fileno()}, {str(rules_folder)!r}, {str(own_rules or '')!r}, {tool_version!r})"
        )
        # -P: the current folder may be the codebase under scan, and nothing of it may be imported.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self.batch: list[Job] = []
        self.finished = 0
        self.deadline = time.monotonic() + START_DEADLINE_SECONDS
        self.is_ready = False

    def give(self, batch: list[Job]) -> None:
        self.batch, self.finished = batch, 0
        self.deadline = time.monotonic() + FILE_DEADLINE_SECONDS
        self.connection.send(batch)

    def stop(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()


def _batches(jobs: Iterable[Job]) -> deque[list[Job]]:
    batches: deque[list[Job]] = deque()
    batch: list[Job] = []
    filled = 0
    for job in sorted(jobs, key=lambda job: (-job.byte_count, str(job.path))):
        batch.append(job)
        filled += job.byte_count
        if filled >= BATCH_BYTES:
            batches.append(batch)
            batch, filled = [], 0
    if batch:
        batches.append(batch)
    return batches


class WorkerPool:
    """Matches many files with a few workers."""

    def __init__(
        self, *, rules_folder: Path, tool_version: str, worker_count: int, own_rules: Path | None = None
    ) -> None:
        self._rules_folder = rules_folder
        self._own_rules = own_rules
        self._tool_version = tool_version
        self._worker_count = worker_count
        self._workers: list[_Worker] = []
        self._queue: deque[list[Job]] = deque()

    def run(self, jobs: Sequence[Job], *, on_done: OnDone) -> None:
        """Match every file and hand over each one's facts as it is done, in no promised order.

        Raises:
            RuntimeError: If workers cannot start at all; that is a fault of the installation.
        """
        self._queue = _batches(jobs)
        try:
            count = min(self._worker_count, max(1, len(self._queue)))
            self._workers = [self._new_worker() for _ in range(count)] if self._queue else []
            while self._queue or any(worker.batch for worker in self._workers):
                self._turn(on_done)
        finally:
            for worker in self._workers:
                worker.stop()
            self._workers = []

    def _new_worker(self) -> _Worker:
        return _Worker(self._rules_folder, self._own_rules, self._tool_version)

    def _turn(self, on_done: OnDone) -> None:
        for worker in self._workers:
            if worker.is_ready and not worker.batch and self._queue:
                with suppress(BrokenPipeError):
                    worker.give(self._queue.popleft())
        busy = [worker for worker in self._workers if worker.batch or not worker.is_ready]
        pause = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        ready = wait([worker.connection for worker in busy], timeout=pause)
        for worker in busy:
            if worker.connection in ready:
                try:
                    self._receive(worker, on_done)
                except (EOFError, OSError):
                    self._replace(worker, "it stopped the process that read it", on_done)
            elif time.monotonic() > worker.deadline:
                self._replace(worker, f"reading it took more than {FILE_DEADLINE_SECONDS:g} seconds", on_done)

    def _receive(self, worker: _Worker, on_done: OnDone) -> None:
        kind, number, facts = worker.connection.recv()
        if kind == "ready":
            worker.is_ready = True
        elif kind == "start":
            worker.deadline = time.monotonic() + FILE_DEADLINE_SECONDS
        elif kind == "done":
            worker.finished = number + 1
            on_done(worker.batch[number], facts)
        else:
            worker.batch = []

    def _replace(self, worker: _Worker, reason: str, on_done: OnDone) -> None:
        """Kill a worker, answer for the file that it was at, and put the rest of its batch back."""
        if not worker.is_ready:
            raise RuntimeError("a worker process could not start; its message stands above")
        unfinished = worker.batch[worker.finished :]
        worker.stop()
        self._workers[self._workers.index(worker)] = self._new_worker()
        if not unfinished:
            return
        guilty, rest = unfinished[0], unfinished[1:]
        if rest:
            self._queue.appendleft(rest)
        if guilty.attempts == 0:
            self._queue.appendleft([_again(guilty, with_tree=True)])
        elif guilty.with_tree:
            self._queue.appendleft([_again(guilty, with_tree=False)])
        else:
            on_done(guilty, not_read(guilty.path, f"{reason}, even without parsing; nothing of it was read"))


def _again(job: Job, *, with_tree: bool) -> Job:
    return Job(
        path=job.path,
        place=job.place,
        language=job.language,
        byte_count=job.byte_count,
        with_calls=job.with_calls,
        with_tree=with_tree,
        attempts=job.attempts + 1,
    )
