"""A truth in memory: entries as the log has them, objects by digest."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.model import Entry, Field
from archive.settings import House, house_of
from archive.xref import XREF, Xref
from tests.in_memory import MemoryObjects

START = datetime(2024, 1, 1, 9, tzinfo=UTC)
SCHEMES = [
    {"template": "SPC-{n:4}-{tab:2}[ rev {rev}]", "kind": "controlled_document"},
    {"template": "PN-{n:5}", "kind": "part"},
]


def house(**values: Any) -> House:
    return house_of({"schemes": SCHEMES, **values}, 1)


class Truth:
    """Grows by the calls below; `folder` for followers is given by the tests."""

    def __init__(self) -> None:
        self.objects = MemoryObjects()
        self.lines: list[Entry] = []
        self.documents = 0

    def entries(self, after: int, upto: int | None = None) -> Sequence[Entry]:
        return self.lines[after : len(self.lines) if upto is None else upto]

    def say(self, action: str, **body: Any) -> int:
        seq = len(self.lines) + 1
        self.lines.append(Entry(seq, START + timedelta(days=seq), action, "w.hale", body))
        return seq

    def accession(self, name: str, parent: str | None = None) -> str:
        self.documents += 1
        number = f"D-{self.documents:06d}"
        found_in = {"number": parent, "relation": "attachment"} if parent else None
        self.say("accession", number=number, name=name, parent=found_in, digest="0" * 64)
        return number

    def reading(self, number: str, *pages: str, ocr: bool = False, **more: Any) -> int:
        """A reading of these pages; `fields`, `record`, `title`, `date`, `version_of`, `media_type` as wanted."""
        fields: Sequence[Field] = more.pop("fields", ())
        packed = gzip.compress(json.dumps({"fields": [asdict(field) for field in fields]}).encode(), mtime=0)
        body: dict[str, Any] = {"number": number, "media_type": "text/plain", "record": None, "version_of": None}
        body["pages"] = [{"source": "ocr" if ocr else "embedded", "chars": len(page)} for page in pages]
        body["text"] = self.objects.put("\f".join(pages).encode())
        body["more"] = self.objects.put(packed) if fields else None
        for name in ("title", "date"):
            value = more.pop(name, None)
            body[name] = {"value": value, "source": "first page"} if value else None
        if version := more.pop("version_of", None):
            body["version_of"] = {"number": version, "method": "path", "evidence": "same path"}
        return self.say("reading", **(body | more))

    def file(self, name: str, *pages: str, **more: Any) -> str:
        """A document taken in and read."""
        number = self.accession(name, more.pop("parent", None))
        self.reading(number, *pages, **more)
        return number

    def record(self, kind: str, key: str, fields: Mapping[str, Any], **more: Any) -> str:
        """A structured record whose fields stand one a line in its only page."""
        lines = ["---", f"kind: {kind}", f"id: {key}"]
        stated = []
        for name, value in {"id": key, **fields}.items():
            if name != "id":
                lines.append(f"{name}: {json.dumps(value) if not isinstance(value, str) else value}")
            start = len("\n".join(lines[:-1])) + 1
            stated.append(Field(name, value, 1, len(lines), start, start + len(lines[-1])))
        text = "\n".join([*lines, "---", more.pop("body", "")])
        return self.file(f"{key}.md", text, fields=stated, record={"kind": kind, "key": key}, **more)

    def destroy(self, number: str) -> None:
        """Tombstones in the place of all lines of a document, its objects gone, both disposal entries written."""
        lines = [entry for entry in self.lines if entry.body.get("number") == number]
        self.say(
            "disposal", key="DSP-2026-0001", stage="begun", numbers=[number], lines={str(e.seq): "" for e in lines}
        )
        for entry in lines:
            gone = {"number": number, "keys": []}
            self.lines[entry.seq - 1] = replace(entry, body=gone, destroyed_under="DSP-2026-0001")
            if entry.body.get("text"):
                self.objects.kept.pop(entry.body["text"], None)


def follow(truth: Truth, folder: Path, cuts: Sequence[int] = (), home: House | None = None) -> Xref:
    """Feed a generation in these cuts, then to the end; returns its reader."""
    folder.mkdir(parents=True, exist_ok=True)
    for upto in (*sorted(cuts), len(truth.lines)):
        writer = XREF.writer(folder, truth, home or house())
        writer.apply(truth.entries(writer.watermark, upto))
        writer.close()
    return Xref(folder)


def everything(xref: Xref) -> list[Any]:
    """All answers of a reader, for comparing two of them."""
    things = [item.node for item in xref.items()]
    documents = [item.key for item in xref.items("document")]
    return [
        xref.items(),
        xref.dangling(),
        xref.releases(),
        xref.contradictions(),
        [(thing, xref.links(thing), xref.documents_of(thing)) for thing in things],
        [(number, xref.edges_of_document(number), xref.issues_of(number)) for number in documents],
    ]
