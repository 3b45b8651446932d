"""What stands in for a library on AMD, in the words that every report and explanation uses."""

from collections.abc import Mapping

LIBRARY_STATUS_WORDS: Mapping[str, str] = {
    "twin": "same calls",
    # A part of the library, or one like MIOpen for cuDNN that does the same through other calls.
    "near-twin": "interface differs: code must be rewritten where it does",
    "rewrite": "another interface: all code against it must be rewritten",
    "none": "no counterpart",
    "unknown": "nobody mapped it",
}
