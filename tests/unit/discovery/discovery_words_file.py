"""The shipped word lists, for the tests of this folder."""

from pathlib import Path

import yaml

from portgauge.discovery.words import DiscoveryWords, discovery_words

RULES_FILE = Path(__file__).resolve().parents[3] / "rules" / "discovery.yaml"


def shipped_words() -> DiscoveryWords:
    return discovery_words(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))
