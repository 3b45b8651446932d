"""The word lists of discovery, as ``rules/discovery.yaml`` states them.

Only checks and holds them: the caller reads the file.
"""

from collections.abc import Mapping

from portgauge.errors import RuleError
from portgauge.model.base import value

_TEXT_LISTS = (
    "skipped_folders",
    "vendored_parts",
    "generated_names",
    "build_folders",
    "test_parts",
    "test_names",
)
_KEYS = frozenset((*_TEXT_LISTS, "languages", "not_read_yet", "vendored_submodules"))


@value
class LanguagePatterns:
    """The file name patterns of one language."""

    language: str
    patterns: tuple[str, ...]
    is_read: bool
    """False for a format that is recognised, but that this version does not read."""


@value
class DiscoveryWords:
    """What decides the language and the standing of a file; every comparison ignores case."""

    languages: tuple[LanguagePatterns, ...]
    skipped_folders: tuple[str, ...]
    vendored_parts: tuple[str, ...]
    """Folder names, or several in a row joined by "/"."""
    vendored_submodules: bool
    generated_names: tuple[str, ...]
    build_folders: tuple[str, ...]
    """Patterns of folder names that are build output when ``CMakeCache.txt`` lies in them."""
    test_parts: tuple[str, ...]
    test_names: tuple[str, ...]


def discovery_words(loaded: Mapping[str, object], *, file: str = "rules/discovery.yaml") -> DiscoveryWords:
    """Return the word lists from the parsed YAML document.

    Raises:
        RuleError: If a key is missing, unknown or of another form than expected.
    """
    defects = [f"{file}: unknown key {key!r}" for key in sorted(loaded.keys() - _KEYS)]
    texts = {key: _texts(loaded.get(key), where=f"{file}: {key}", defects=defects) for key in _TEXT_LISTS}
    languages = (
        *_languages(loaded.get("languages"), is_read=True, where=f"{file}: languages", defects=defects),
        *_languages(loaded.get("not_read_yet"), is_read=False, where=f"{file}: not_read_yet", defects=defects),
    )
    vendored_submodules = loaded.get("vendored_submodules")
    if not isinstance(vendored_submodules, bool):
        defects.append(f"{file}: vendored_submodules is {vendored_submodules!r}; expected true or false")
    if defects:
        raise RuleError(defects)
    return DiscoveryWords(languages=languages, vendored_submodules=bool(vendored_submodules), **texts)


def _texts(found: object, *, where: str, defects: list[str]) -> tuple[str, ...]:
    if isinstance(found, list) and all(isinstance(text, str) and text for text in found):
        return tuple(found)
    defects.append(f"{where} is {found!r}; expected a list of texts")
    return ()


def _languages(found: object, *, is_read: bool, where: str, defects: list[str]) -> tuple[LanguagePatterns, ...]:
    if not isinstance(found, list):
        defects.append(f"{where} is {found!r}; expected a list of languages with their patterns")
        return ()
    languages = []
    for line in found:
        language = line.get("language") if isinstance(line, dict) else None
        if not isinstance(line, dict) or not isinstance(language, str):
            defects.append(f"{where} holds {line!r}; expected a language with its patterns")
            continue
        patterns = _texts(line.get("patterns"), where=f"{where}: {language}", defects=defects)
        languages.append(LanguagePatterns(language=language, patterns=patterns, is_read=is_read))
    return tuple(languages)
