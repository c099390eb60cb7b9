"""What a reader says about a document, and how it crosses the pipe: one JSON list a line.

`decode` trusts nothing: every line may come from a process that a hostile file has taken over.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.model import Field, Link, Meta, Page, Table, Word

MAX_TEXT = 16_000_000
"""Characters of one page or cell."""
MAX_LIST = 200_000
"""Members of one list: words of a page, rows of a table chunk, cells of a row."""

_UNSAFE = dict.fromkeys((*range(9), *range(11, 32), 127), " ")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was wrong with the document, in plain words; the reading goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class RecordKey:
    """The document is a structured record of this kind and key."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """A document found inside another, written into the scratch folder of its job.

    Attributes:
        path: the file to take in; its name is the sandbox's own, never the sender's.
        name: what the sender called it, for showing only.
        media_type: as declared inside, for showing only; identify looks at the bytes.
        relation: how the part hangs on the document.
    """

    path: Path
    name: str
    media_type: str = ""
    relation: str = "attachment_of"


@dataclass(frozen=True, slots=True)
class Said:
    """What the reading process says about its own work: `words` by topic.

    Topics: `job` (index), `type` (media type), `tool` (name, version), `end` (status or empty, reason),
    `alone` (this document wants a process of its own), `bytes` (base64 of a picture).
    """

    topic: str
    words: tuple[str, ...]


Event = Page | Field | Table | Link | Meta | Part | Problem | RecordKey
TOPICS = frozenset({"job", "type", "tool", "end", "alone", "bytes"})


def safe(text: str) -> str:
    """Replace what no stored text may hold, keeping every offset: surrogates, NUL, form feed, controls."""
    return _SURROGATE.sub("�", text.translate(_UNSAFE))


def one_line(text: str, limit: int = 2_000) -> str:
    """Fold white space into single blanks and cut to `limit` characters."""
    return " ".join(safe(text).split())[:limit]


def encode(event: Event | Said) -> bytes:
    """Return the event as one line without its end."""
    return json.dumps(_plain(event), ensure_ascii=False).encode("utf-8", "replace")


def _plain(event: Event | Said) -> list[Any]:
    match event:
        case Page():
            words = [[w.start, w.end, w.x0, w.y0, w.x1, w.y1, w.confidence] for w in event.words]
            return ["page", event.text, event.source, event.confidence, words]
        case Field():
            return ["field", event.name, event.value, event.page, event.line, event.start, event.end]
        case Table():
            return ["table", event.sheet, event.rows, event.first_row, event.page]
        case Link():
            return ["link", event.target, event.text, event.page]
        case Meta():
            return ["meta", event.name, event.value, event.source]
        case Part():
            return ["part", event.path.name, event.name, event.media_type, event.relation]
        case Problem():
            return ["problem", event.text]
        case RecordKey():
            return ["record", event.kind, event.key]
        case Said():
            return ["said", event.topic, *event.words]


def decode(line: bytes) -> Event | Said:
    """Return the event a line states; ValueError when it is no well-formed statement.

    A Part's `path` is the bare file name here: whoever knows the scratch folder looks for it there.
    """
    try:
        value = json.loads(line)
        topic, *rest = value
        event: Event | Said = _DECODERS[topic](*rest)
    except (TypeError, KeyError, RecursionError) as problem:
        raise ValueError("not a statement of a reader") from problem
    return event


def _text(value: Any, limit: int = MAX_TEXT) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError("text expected")
    return safe(value)


def _name(value: Any) -> str:
    return one_line(_text(value, 65_536))


def _whole(value: Any, low: int, high: int = 2**31) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError("whole number expected")
    return value


def _share(value: Any, high: float = 1.0) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("number expected")
    return min(max(float(value), 0.0), high)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_LIST:
        raise ValueError("list expected")
    return value


def _page(text: Any, source: Any, confidence: Any, words: Any) -> Page:
    if source not in ("embedded", "ocr", "none"):
        raise ValueError("unknown source")
    sure = None if confidence is None else _share(confidence, 100.0)
    page = _text(text)
    return Page(page, source, sure, tuple(_word(*_list(word), length=len(page)) for word in _list(words)))


def _word(start: Any, end: Any, *shares: Any, length: int) -> Word:
    begin = _whole(start, 0, length)
    x0, y0, x1, y1, confidence = shares
    box = (_share(x0), _share(y0), _share(x1), _share(y1))
    return Word(begin, _whole(end, begin, length), *box, _share(confidence, 100.0))


def _field(name: Any, value: Any, page: Any, line: Any, *place: Any) -> Field:
    start, end = place
    begin = _whole(start, 0)
    return Field(_name(name), _field_value(value), _whole(page, 1), _whole(line, 0), begin, _whole(end, begin))


def _field_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_row(inner) if isinstance(inner, dict) else _text(inner) for inner in _list(value)]
    return _text(value)


def _row(value: dict[Any, Any]) -> dict[str, str]:
    return {_name(name): _text(inner) for name, inner in list(value.items())[:1_000]}


def _table(sheet: Any, rows: Any, first_row: Any, page: Any) -> Table:
    cells = tuple(tuple(_text(cell) for cell in _list(row)) for row in _list(rows))
    return Table(_name(sheet), cells, _whole(first_row, 0), _whole(page, 1))


def _part(file: Any, name: Any, media_type: Any, relation: Any) -> Part:
    if not isinstance(file, str) or not re.fullmatch(r"part-\d{4,9}", file, re.ASCII):
        raise ValueError("not the name of a part")
    return Part(Path(file), one_line(_text(name), 255), _name(media_type), _name(relation))


def _said(topic: Any, *words: Any) -> Said:
    if topic not in TOPICS or len(words) > 4:
        raise ValueError("unknown topic")
    return Said(topic, tuple(_text(word) for word in words))


_DECODERS: dict[str, Any] = {
    "page": _page,
    "field": _field,
    "table": _table,
    "link": lambda target, text, page: Link(_name(target), _name(text), _whole(page, 1)),
    "meta": lambda name, value, source: Meta(_name(name), _text(value, 100_000), _name(source)),
    "part": _part,
    "problem": lambda text: Problem(_name(text)),
    "record": lambda kind, key: RecordKey(_name(kind), _name(key)),
    "said": _said,
}
