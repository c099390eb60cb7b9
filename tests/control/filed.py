"""A real catalog and real cross-references, fed with entries made in memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.catalog import CATALOG, Catalog
from archive.control import View
from archive.model import Entry
from archive.records import date_of, key_of, load_kinds, read_front_matter, title_of
from archive.xref import XREF, Xref
from tests.control.desk_of_papers import HOUSE, SAMPLE
from tests.in_memory import MemoryObjects

KINDS = load_kinds()
START = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)


class Filed:
    """Entries in order, and the parts that follow them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.objects = MemoryObjects()
        self.log: list[Entry] = []
        self.numbers: dict[str, str] = {}
        self.keys: dict[tuple[str, str], str] = {}

    def entries(self, after: int, upto: int | None = None) -> Sequence[Entry]:
        return [entry for entry in self.log if after < entry.seq and (upto is None or entry.seq <= upto)]

    def state(self, action: str, body: dict[str, Any]) -> int:
        seq = len(self.log) + 1
        self.log.append(Entry(seq, START + timedelta(hours=seq), action, "tester", body))
        return seq

    def take(self, name: str, text: str, *, source: str = "", title: str = "", day: str = "") -> str:
        """Take in a text as ingest would: an accession and its reading; returns the number."""
        number = f"D-{len(self.numbers) + 1:06}"
        self.numbers[name] = number
        kept = {"digest": self.objects.put(text.encode()), "size": len(text), "media_type": "text/plain"}
        at = {"name": name, "name_raw": name, "source": source or name, "in_place": False}
        self.state("accession", {"number": number, **kept, **at, "modified": None, "parent": None})
        self.state("reading", {"number": number, **self._reading(number, text, title, day)})
        return number

    def _reading(self, number: str, text: str, title: str, day: str) -> dict[str, Any]:
        fields, body, _ = read_front_matter(text)
        kind = next((KINDS.find(each.value) for each in fields if each.name == "kind"), None)
        record, older = None, None
        if kind is not None:
            record = {"kind": kind.name, "key": key_of(kind, fields)}
            title, stated = title_of(kind, fields, body), date_of(kind, fields, HOUSE.date_order)
            day = stated.isoformat() if stated else ""
            older = self.keys.get((kind.name, record["key"]))
            self.keys[kind.name, record["key"]] = number
        more = gzip.compress(json.dumps({"fields": [asdict(each) for each in fields]}).encode()) if fields else None
        return {
            "status": "stored",
            "reason": "",
            "media_type": "text/plain",
            "pages": [{"source": "embedded", "confidence": None, "chars": len(text)}],
            "text": self.objects.put(text.encode()),
            "more": self.objects.put(more) if more else None,
            "title": {"value": title, "source": "first page"} if title else None,
            "date": {"value": day, "source": "first page"} if day else None,
            "parts": [],
            "version_of": {"number": older, "method": "key", "evidence": ""} if older else None,
            "record": record,
            "problems": [],
        }

    def read(self, path: Path) -> str:
        return self.take(path.name, path.read_text("utf-8"))

    def view(self, *, as_of: date | None = None, upto: int | None = None, today: date = date(2024, 12, 2)) -> View:
        for follower in (CATALOG, XREF):
            folder = self.folder / follower.name
            folder.mkdir(exist_ok=True)
            writer = follower.writer(folder, self, HOUSE)
            writer.apply(self.entries(writer.watermark))
            writer.close()
        catalog, xref = Catalog(self.folder / CATALOG.name), Xref(self.folder / XREF.name)
        return View(catalog, xref, HOUSE, today, as_of, upto)


SPECIFICATION = """Murmelbach Pumpenwerk GmbH
SPC-1001-02 rev {rev}
Performance specification, feed pump W-2

Rated flow {flow} l/min at 3.0 bar.
"""
MAIL = "Re_ rated flow - your signature.eml"


def file_inbox(filed: Filed) -> None:
    """What lies in the sample's inbox: its records, and its other papers as a few words."""
    filed.take("Specification feed pump 2022.pdf", SPECIFICATION.format(rev="B", flow=40), day="2022-09-12")
    change = "Change: ECR-2024-0017\n"
    filed.take(
        "Specification feed pump - new issue.pdf", SPECIFICATION.format(rev="C", flow=36) + change, day="2024-05-06"
    )
    filed.take(
        "Minutes change meeting 23 April FINAL.docx", "Minutes of the change meeting\n2 ECR-2024-0017 approved\n"
    )
    filed.take("Kopie von Change request form.docx", "Change request\nRequester: Jorin Talmann\n")
    for path in sorted((SAMPLE / "inbox").glob("*.md")):
        filed.read(path)


def file_later(filed: Filed) -> None:
    words = (SAMPLE / "later" / MAIL).read_text("utf-8")
    filed.take(MAIL, words.partition("\n\n")[2], title="Re: W-2 rated flow - your signature", day="2024-05-14")
    filed.read(SAMPLE / "later" / "authorisation rated flow.md")
