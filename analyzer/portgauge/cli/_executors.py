"""Where a fleet is scanned: processes of this machine, or a Dask cluster."""

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from portgauge.errors import InstallationError, UserError
from portgauge.fleet import MakeExecutor

_DASK = re.compile(r"dask://([\w.\-\[\]:]+:\d{1,5})")
_RETRIES = 3
_CONNECT_SECONDS = 15


def executor_of(address: str | None, *, processes: int) -> MakeExecutor:
    """Return what makes executors for an address: None for this machine, or ``dask://HOST:PORT``.

    Raises:
        UserError: If the address is neither.
    """
    if address is None:
        # Fresh processes: a forked one would share locks with threads of this one.
        return lambda: ProcessPoolExecutor(max_workers=processes, mp_context=get_context("spawn"))
    found = _DASK.fullmatch(address)
    if found is None:
        raise UserError(f"--executor is {address!r}; expected dask://HOST:PORT of a scheduler")
    return lambda: _dask(found.group(1))


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    """Give an executor whose work is done by a Dask cluster, which gives the work of a lost worker to another."""
    try:
        import distributed
    except ImportError as error:
        raise InstallationError(
            'a Dask cluster needs distributed, which is missing; install it with: pip install "portgauge[fleet]"'
        ) from error
    library: Any = distributed
    try:
        client = library.Client(f"tcp://{address}", timeout=_CONNECT_SECONDS)
    except OSError as error:
        raise UserError(
            f"--executor dask://{address}: no scheduler answers there within {_CONNECT_SECONDS} seconds"
        ) from error
    with client, client.get_executor(retries=_RETRIES, pure=False) as executor:
        yield executor
