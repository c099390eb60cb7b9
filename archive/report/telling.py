"""Where a paper that several changes share speaks of one of them, and the passage that bears on a step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from archive.report.papers import passage_span, plain

_CUES = {
    "request": r"what is to change|description|beschreibung|was ist zu ändern",
    "relevance": r"relevance|bedeutung",
    "risks": r"risks?|risik(?:o|en)",
    "benefits": r"benefits?|nutzen",
    "costs": r"(?:one-off )?costs?|(?:einmalige )?kosten",
    "presentation": r"presents|presented|stellt\b[^.]{0,60}\bvor|vorgestellt",
    "decided": r"decision:|decided|approved|rejected|deferred|entscheidung:|genehmigt|abgelehnt",
    "authorised": r"signature|signed|authoris\w+|authoriz\w+|unterschrift|freigabe|freigegeben",
    "communicated": r"approved|rejected|decided|genehmigt|abgelehnt",
    "incorporated": r"change:|implements|änderung:|released",
    "closed": r"released|incorporated|freigegeben|umgesetzt",
    "verification": r"verified|verification|abgenommen",
}
_LABELS = frozenset({"relevance", "risks", "benefits", "costs"})
"""Steps whose cue counts only where it labels something: before a colon, in a heading, at the head of a line."""

Place = tuple[int, int]


@cache
def cue_of(step: str) -> re.Pattern[str]:
    """The words that a passage about a step has."""
    words = _CUES[step]
    if step in _LABELS:
        return re.compile(rf"(?:^[#|* \t]*|(?<=[.;] ))(?:{words})(?=\s*[:|]|\s*$)", re.IGNORECASE | re.MULTILINE)
    return re.compile(rf"\b(?:{words})", re.IGNORECASE)


def sections(text: str, key: str) -> Iterator[Place]:
    """The parts of a page that speak of a key: from where it stands to where another of its kind does."""
    prefix = key.partition("-")[0]
    marks = [*re.finditer(rf"\b{re.escape(prefix)}-[\w-]+", text)]
    for at, mark in enumerate(marks):
        if mark[0] == key and (at == 0 or marks[at - 1][0] != key):
            following = next((other.start() for other in marks[at + 1 :] if other[0] != key), len(text))
            yield mark.start(), following


def telling(text: str, key: str, step: str) -> Place | None:
    """The passage of a page that says most of a step of this change; None where the page does not name the change."""
    first: Place | None = None
    for start, end in sections(text, key):
        named = passage_span(text, start, start + len(key))
        first = first or named
        if cue_of(step).search(text, *named):
            return named
        found = cue_of(step).search(text, start, end)
        if found:
            return labelled(text, found.start(), found.end())
    return first


def labelled(text: str, start: int, end: int) -> Place:
    """The passage at a cue; of a heading the one below it."""
    begin, stop = passage_span(text, start, end)
    words = plain(text[begin:stop]).strip("#* :")
    if words.casefold() != plain(text[start:end]).strip("#* :").casefold():
        return begin, stop
    below = re.compile(r"\S").search(text, stop)
    return (begin, passage_span(text, below.start(), below.end())[1]) if below else (begin, stop)
