"""What it costs to leave CUDA.

``analyse(folder)`` gives the same value as ``portgauge scan``: an ``Analysis``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portgauge.model.analysis import Analysis as Analysis
    from portgauge.pipeline import analyse as analyse

__all__ = ["Analysis", "__version__", "analyse"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Imported at first use: every command imports this package, and most need no scanner.
    if name == "analyse":
        from portgauge.pipeline import analyse

        return analyse
    if name == "Analysis":
        from portgauge.model.analysis import Analysis

        return Analysis
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
