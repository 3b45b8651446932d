"""One finding and target a line, as JSON objects, for queries."""

import json

from portgauge.model.analysis import Analysis
from portgauge.reporting.finding_rows import finding_rows


def render(analysis: Analysis) -> bytes:
    """Return one JSON object a line, UTF-8, ordered by place and then by target."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in finding_rows(analysis))
    return "".join(lines).encode("utf-8", errors="backslashreplace")
