"""What a command left behind."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

CODE = "void f() { cudaFree(p); }\n"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """What ``-o - -f json`` wrote; nothing else may stand on stdout."""
        loaded: dict[str, Any] = json.loads(self.out)
        return loaded


Command = Callable[..., Outcome]
