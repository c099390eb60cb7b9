"""A small archive around one dispute, built paper by paper at stated times, so that everything but its id repeats."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from archive.archive import Archive
from archive.model import Actor
from archive.report import Lineage, Sources, lineage
from tests.running import SAMPLE

ARCHIVE_ID = "0" * 32
"""Stands in for the random id of an archive, the only thing in a report that two equal archives do not share."""

_OLD = """Performance specification, feed pump W-2
Document No. SPC-1001-02
Revision B
Released 2022-09-12 by Hedda Linnartz

3.1 Rated flow not less than 40 l/min at a delivery pressure of 3.0 bar, water of 20 °C.

4.2 The shaft is sealed by a lip seal in FKM, bought in.
"""
_NEW = (
    _OLD.replace("Revision B", "Revision C")
    .replace("2022-09-12 by Hedda Linnartz", "2024-05-06 by Ansgar Pfeil\nSupersedes: SPC-1001-02 rev B")
    .replace("40 l/min", "36 l/min")
    .replace("a lip seal in FKM, bought in", "the seal cartridge 02091-C-71")
)
_ISSUED = "Specification feed pump - new issue.pdf"


def sample(name: str) -> bytes:
    """One paper of the sample firm, from its inbox or from what came later."""
    folder = "later" if (SAMPLE / "later" / name).exists() else "inbox"
    return (SAMPLE / folder / name).read_bytes()


def revision_record(**changed: str) -> bytes:
    """The record of revision C, which names a text file here; values of fields may be changed."""
    text = sample("revision record new issue.md").decode().replace(_ISSUED, "spec C.txt")
    for name, value in changed.items():
        lines = [f"{name}: {value}" if line.startswith(f"{name}:") else line for line in text.splitlines()]
        text = "\n".join(lines) + "\n"
    return text.encode()


FILED: tuple[tuple[str, Mapping[str, bytes]], ...] = (
    (
        "2024-04-09T08:00",
        {
            "authority product manager.md": sample("authority product manager.md"),
            "authority technical director.md": sample("authority technical director.md"),
            "product card feed pump.md": sample("product card feed pump.md"),
            "spec B.txt": _OLD.encode(),
            "Kopie von Change request form.docx": sample("Kopie von Change request form.docx"),
            "change request - rated flow.md": sample("change request - rated flow.md"),
            "Änderungsantrag Ansaugsieb.md": sample("Änderungsantrag Ansaugsieb.md"),
        },
    ),
    (
        "2024-04-26T15:00",
        {
            "Minutes change meeting 23 April FINAL.docx": sample("Minutes change meeting 23 April FINAL.docx"),
            "decision rated flow.md": sample("decision rated flow.md"),
            "decision suction strainer.md": sample("decision suction strainer.md"),
            "note to Jorin.md": sample("note to Jorin.md"),
        },
    ),
    ("2024-05-07T09:00", {"spec C.txt": _NEW.encode(), "revision record.md": revision_record()}),
    (
        "2024-06-17T10:30",
        {
            "Feed pumps - flow too low.eml": sample("Feed pumps - flow too low.eml"),
            "Re_ rated flow - your signature.eml": sample("Re_ rated flow - your signature.eml"),
            "authorisation rated flow.md": sample("authorisation rated flow.md"),
        },
    ),
)
"""When each paper is taken in, in that order."""


class Case:
    """An archive whose clock is set by hand."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.now = datetime(2024, 4, 9, 7, tzinfo=UTC)
        (base / "papers").mkdir(parents=True)
        actor = Actor("Hedda Linnartz", "option")
        self.archive = Archive.create(base / "home", actor, settings=SAMPLE / "archive.toml", clock=lambda: self.now)

    def file(self, when: str, papers: Mapping[str, bytes]) -> None:
        """Take papers in, one after the other, all at one moment."""
        self.now = datetime.fromisoformat(when).replace(tzinfo=UTC)
        intake = self.archive.intake()
        try:
            for name, content in papers.items():
                path = self.base / "papers" / name
                path.write_bytes(content)
                (receipt,) = intake.take([path])
                assert receipt.status == "stored", receipt
        finally:
            intake.close()

    def report(self, key: str, at: int | None = None) -> Lineage:
        """The lineage as the facade makes it, under a fixed archive id."""
        archive = self.archive
        at = archive.store.tail() if at is None else at
        sources = Sources(archive.store, archive.catalog, archive.xref, ARCHIVE_ID, "tantivy")
        return lineage(archive.view(at=at), sources, key, at=at)

    def copied(self, base: Path) -> Case:
        """The same archive at another place."""
        shutil.copytree(self.base / "home", base / "home")
        other = Case.__new__(Case)
        other.base, other.now = base, self.now
        (base / "papers").mkdir()
        other.archive = Archive(base / "home", Actor("Hedda Linnartz", "option"), clock=lambda: other.now)
        return other


def filed(base: Path, upto: int = len(FILED)) -> Case:
    """The dispute's papers up to a step."""
    case = Case(base)
    for when, papers in FILED[:upto]:
        case.file(when, papers)
    case.now = datetime(2024, 6, 20, 8, tzinfo=UTC)
    return case
