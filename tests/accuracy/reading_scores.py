"""Findings that were judged by reading: the list, its key, and how many were true, by rule and by confidence."""

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from portgauge.errors import UserError
from portgauge.model.base import value

from .texts import table, with_interval

DRAWN, PLANTED, LEFT_ALONE = "drawn", "planted", "left alone"
TRUE, FALSE, UNSURE = "true", "false", "unsure"
JUDGED_FIELDS = ("number", "path", "line", "rule", "judgement", "reason")
KEY_FIELDS = ("number", "kind", "confidence", "severity")
TARGET = "gfx90a"
ROCM = "10.0"
_NORMAL_95 = 1.959964
_SINCE = """\
Drawn anew, with another seed, after an earlier reading and the mends that had come of that one; its figures are no part
of this page.

**These figures are from before the mends that followed from them**; nothing was drawn or judged again. Of the 32 drawn
findings that are false, 4 are gone and 21 say something else now, as do the 10 that are unsure; of the 19 on lines that
the port left alone, 4 say something else. No place that was judged true has lost its finding; conversions to 8-bit
floats are found by `math/fp8-conversion` now. A message that says something else may be wrong in another way.
"""
"""What was done to the rules before and after the list was judged; true of one drawing only."""


@value
class Judged:
    """One finding as it was judged."""

    number: int
    path: str
    line: int
    rule_id: str
    judgement: str
    reason: str
    kind: str
    confidence: str

    @property
    def codebase(self) -> str:
        """The folder that was scanned."""
        return self.path.partition("/")[0]


@value
class Tally:
    """How many findings of a group were judged how."""

    true: int
    false: int
    unsure: int

    @property
    def share(self) -> float:
        """Share true of all, where unsure ones are not true; 0 to 1, nan for none."""
        count = self.true + self.false + self.unsure
        return self.true / count if count else math.nan


def key_of(path: Path) -> Path:
    """Return where the key of a reading list stands."""
    return path.with_suffix(".key.csv")


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share after Wilson (1927), 0 to 1; nan for no cases."""
    if not count:
        return math.nan, math.nan
    share, square = right / count, _NORMAL_95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _NORMAL_95 / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def tally(judged: Iterable[Judged]) -> Tally:
    """Return the counts of some judged findings."""
    words = [finding.judgement for finding in judged]
    return Tally(true=words.count(TRUE), false=words.count(FALSE), unsure=words.count(UNSURE))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise UserError(f"{path} is missing; --draw writes the list and its key side by side")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_judged(path: Path, *, keep: Path) -> tuple[Judged, ...]:
    """Return the judged list with its key; both are written to ``keep`` without source text.

    Raises:
        UserError: If a file is missing, a row is not judged, or list and key are not of one drawing.
    """
    rows, keys = _rows(path), {row["number"]: row for row in _rows(key_of(path))}
    judged = []
    for row in rows:
        if row["judgement"] not in (TRUE, FALSE, UNSURE):
            raise UserError(f"{path}: row {row['number']}: judgement is {row['judgement']!r}; true, false or unsure")
        if row["number"] not in keys:
            raise UserError(f"{key_of(path)}: no row {row['number']}; is it the key of {path}?")
        key = keys[row["number"]]
        judged.append(
            Judged(
                number=int(row["number"]),
                path=row["path"],
                line=int(row["line"]),
                rule_id=row["rule"],
                judgement=row["judgement"],
                reason=row["reason"],
                kind=key["kind"],
                confidence=key["confidence"],
            )
        )
    _write(keep, JUDGED_FIELDS, rows)
    _write(key_of(keep), KEY_FIELDS, list(keys.values()))
    return tuple(judged)


def _write(path: Path, fields: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _line(name: str, judged: Sequence[Judged]) -> tuple[object, ...]:
    found = tally(judged)
    return (
        name,
        len(judged),
        found.true,
        found.false,
        found.unsure,
        with_interval(found.share, wilson(found.true, len(judged))),
    )


def _by(judged: Sequence[Judged], name_of: Callable[[Judged], str]) -> list[tuple[object, ...]]:
    groups: dict[str, list[Judged]] = {}
    for finding in judged:
        groups.setdefault(name_of(finding), []).append(finding)
    return [_line(name, groups[name]) for name in sorted(groups)]


def _crowded(judged: Sequence[Judged]) -> str:
    """Return a sentence about the rules that have more than half of their findings in one folder."""
    folders: dict[str, Counter[str]] = {}
    for finding in judged:
        folders.setdefault(finding.rule_id, Counter())[str(PurePosixPath(finding.path).parent)] += 1
    crowded = [
        f"{most} of {found.total()} of `{rule}`"
        for rule, found in sorted(folders.items())
        if (most := found.most_common(1)[0][1]) * 2 > found.total()
    ]
    return (
        f"In one folder stand {', '.join(crowded)}."
        if crowded
        else "No rule has more than half of its findings in one folder."
    )


def _reasons(judged: Iterable[Judged]) -> str:
    """Return the reasons of what was not judged true as a table, most frequent first, with one place each."""
    groups: dict[tuple[str, str, str], list[Judged]] = {}
    for finding in judged:
        if finding.judgement != TRUE:
            groups.setdefault((finding.rule_id, finding.judgement, finding.reason), []).append(finding)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    rows = [(len(found), *group, f"{found[0].path}:{found[0].line}") for group, found in ordered]
    return table(("n", "rule", "judgement", "reason", "for example"), rows)


def reading_text(judged: Sequence[Judged]) -> str:
    """Return READING.md."""
    drawn = [finding for finding in judged if finding.kind == DRAWN]
    planted = [finding for finding in judged if finding.kind == PLANTED]
    alone = [finding for finding in judged if finding.kind == LEFT_ALONE]
    recognised = [finding for finding in planted if finding.judgement == FALSE]
    slipped = [finding for finding in planted if finding.judgement != FALSE]
    head = ("", "n", "true", "false", "unsure", "share true (95 %, Wilson)")
    let_through = [(f.rule_id, f"{f.path}:{f.line}", f.judgement, f.reason) for f in slipped]
    return f"""# Findings judged by reading

{_SINCE}
Open hazards, judged for {TARGET} at ROCm {ROCM}: is what the message says true of this code?
An alarm is false where the code as it stands does the right thing there, unless the message itself says so.
Unsure counts as not true. Aims: 90 % true at high confidence, 70 % at medium.
`reading.csv` has every judgement with its reason.

What these figures cannot carry:

- Drawn by seed from the ten pattern rules with most of them, in equal parts, at most two of one rule and file where
  there are enough. The shares are of rules over many files, not of all findings: a rule whose messages differ, and
  whose one message stands mostly in few files, is hardly measured for that message.
  {_crowded(drawn)}
- Read once, by a language model, with no second reader and no run on a GPU. The list does not say how sure the tool
  is, and the reader had not opened the rules nor the earlier judgements. The script that writes this page was
  read, and named the confidence of `warp/launch-bounds-blocks`, `math/fp8` and `memory/scoped-atomics`.
- Rows that show one pattern share a reason, and were judged together after each had been seen.
- The reader knew the script that plants the wrong findings. Most of them quote text that the rule could never match,
  so recognising them shows attention, not skill.
- What HIP has was looked up in snapshots of its headers, and what clang makes of an atomic sum in its tests, of which
  no release is known. Where a message names a release, that was taken over and not checked.
- Some messages only state a difference. They were judged strictly, by whether it matters in this code: the second
  number of the launch bounds is false where it comes to the same, and an atomic over several devices where the memory
  is coherent, as the message demands.

## By confidence

{table(head, [*_by(drawn, lambda f: f.confidence), _line("all", drawn)])}
## By rule

{table(head, _by(drawn, lambda f: f.rule_id))}
## By rule and confidence

{table(head, _by(drawn, lambda f: f"{f.rule_id}, {f.confidence}"))}
## By codebase and confidence

A codebase that already runs on AMD through headers of its own is the hard case: what it solved must not be open.

{table(head, _by(drawn, lambda f: f"{f.codebase}, {f.confidence}"))}
## Why findings were not true

{_reasons(drawn)}
## Planted wrong findings

{len(recognised)} of {len(planted)} were recognised as false. Half are messages moved to a line far from every finding
of the file, half the message of another rule on the line of a finding.

{table(("rule", "place", "judgement", "reason"), let_through) if let_through else ""}
## On lines that the human port left alone

{table(head, [*_by(alone, lambda f: f.rule_id), _line("all", alone)])}
{_reasons(alone)}"""
