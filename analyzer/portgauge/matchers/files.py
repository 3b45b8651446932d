"""The files of a codebase to their facts: from what is kept where that is possible, else by the workers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from portgauge.discovery.tree import Candidate
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.file_scan import C_FAMILY
from portgauge.matchers.kept import KeptFacts, at_path
from portgauge.matchers.workers import Job, WorkerPool
from portgauge.model.component import Reading

_MAX_BYTES_FOR_CALLS = 100_000
"""A larger file without a word of CUDA is mostly data, or a library in one header."""
_MAX_BYTES_AROUND = 150_000
"""Of all files in the folders around, and of those with all others."""

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes to read."""


def read_candidates(
    candidates: Iterable[Candidate],
    *,
    pool: WorkerPool,
    kept: KeptFacts | None = None,
    on_progress: Progress | None = None,
) -> Mapping[PurePosixPath, FileFacts]:
    """Return the facts of every file that is to be read."""
    wanted = [candidate for candidate in candidates if candidate.decision is Reading.PARSED]
    total = sum(candidate.byte_count for candidate in wanted)
    read = 0

    def count(byte_count: int) -> None:
        nonlocal read
        read += byte_count
        if on_progress is not None:
            on_progress(read, total)

    near = _near_cuda(wanted)
    facts: dict[PurePosixPath, FileFacts] = {}
    equals: dict[PurePosixPath, list[Candidate]] = defaultdict(list)
    first: dict[tuple[str, str, str, bool], PurePosixPath] = {}
    jobs = []
    for candidate in wanted:
        with_calls = candidate.path in near
        digest = kept.content_digest(candidate.place) if kept is not None else None
        if kept is not None and digest is not None:
            found = kept.find(candidate.path, digest, language=candidate.language, with_calls=with_calls)
            if found is not None:
                facts[candidate.path] = found
                count(candidate.byte_count)
                continue
            way = (digest, candidate.language, candidate.path.suffix, with_calls)
            original = first.setdefault(way, candidate.path)
            if original != candidate.path:
                equals[original].append(candidate)
                continue
        jobs.append(_job(candidate, with_calls=with_calls))

    def done(job: Job, found: FileFacts) -> None:
        facts[job.path] = found
        count(job.byte_count)
        for equal in equals[job.path]:
            facts[equal.path] = at_path(found, equal.path)
            count(equal.byte_count)
        # What a file came to that stopped its worker depends on the machine, so it is tried anew each time.
        if kept is not None and job.attempts == 0:
            kept.keep(found, language=job.language, with_calls=job.with_calls)

    pool.run(jobs, on_done=done)
    if kept is not None:
        kept.finish()
    return facts


def _near_cuda(candidates: Iterable[Candidate]) -> frozenset[PurePosixPath]:
    """Return the files of the C family whose functions and calls are wanted though no word of CUDA may stand in them.

    Those are the files beside one that is named as CUDA's: what calls a kernel's wrapper, or is called by it, mostly
    lies there. They are few, so that a scan stays as fast as a search. In a small codebase those of the folders around
    count too, in a smaller one all: the names of files may say nothing of CUDA there.
    """
    readable = [c for c in candidates if c.language in C_FAMILY and c.byte_count <= _MAX_BYTES_FOR_CALLS]
    folders = {candidate.path.parent for candidate in readable if candidate.language == "cuda"}
    beside = {candidate.path for candidate in readable if candidate.path.parent in folders}
    above = {folder.parent for folder in folders}
    others = [candidate for candidate in readable if candidate.path.parent not in folders]
    around = [c for c in others if not above.isdisjoint((c.path.parent, *c.path.parents[1:2]))]
    for wider in (around, others):
        if sum(candidate.byte_count for candidate in wider) <= _MAX_BYTES_AROUND:
            beside.update(candidate.path for candidate in wider)
    return frozenset(beside)


def _job(candidate: Candidate, *, with_calls: bool) -> Job:
    return Job(
        path=candidate.path,
        place=candidate.place,
        language=candidate.language,
        byte_count=candidate.byte_count,
        with_calls=with_calls,
    )
