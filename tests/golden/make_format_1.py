"""How the golden archive of format 1 was made: once, by the program of that day; run again only into another folder.

python -m tests.golden.make_format_1 FOLDER
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from archive import Archive
from archive.model import Actor

SETTINGS = """\
[house]
name = "Golden Pumps (invented)"
timezone = "Europe/Berlin"
languages = ["en", "de"]

[[house.schemes]]
template = "SPC-{n:4}-{tab:2}[ rev {rev}]"
kind = "controlled_document"
"""

REQUEST = """\
---
kind: change_request
id: ECR-2024-0001
title: A thicker gasket
requester: Ida Quill
requested_on: 2024-02-01
description: The gasket of SPC-1001-02 rev A leaks.
track: fast
affects:
  - item: SPC-1001-02
    action: revise
---
"""


def make(folder: Path) -> None:
    """Make the archive in `folder`, which must not exist; what can be derived is left out."""
    work = Path("/srv/quill/papers")
    work.mkdir(parents=True)
    (work / "archive.toml").write_text(SETTINGS, encoding="utf-8")
    clock = _clock()
    archive = Archive.create(
        folder, Actor("Ida Quill", "option"), settings=work / "archive.toml", clock=lambda: next(clock)
    )
    for name, content in _files().items():
        (work / name).write_bytes(content)
    list(archive.take(sorted(path for path in work.iterdir() if path.suffix != ".toml")))
    (work / "note.txt").write_text("Gasket note, second state.\n", encoding="utf-8")
    list(archive.take([work / "note.txt"]))
    shutil.copyfile(work / "note.txt", work / "note copy.txt")
    list(archive.take([work / "note copy.txt"]))
    archive.release("SPC-1001-02", "A", by="Ida Quill", on=date(2024, 1, 10), why="first issue")
    doomed = next(each.number for each in archive.desk.every_document() if each.name == "to destroy.txt")
    archive.dispose([doomed], "DSP-2026-0001", "kept long enough")
    archive.close()
    for name in ("derived", "state", "tmp", "inbox"):
        shutil.rmtree(folder / name)
    shutil.rmtree(work)


def _clock() -> Iterator[datetime]:
    moment = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    while True:
        moment += timedelta(seconds=1)
        yield moment


def _files() -> dict[str, bytes]:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ida@quill.example", "otto@quill.example", "The gasket"
    mail["Date"] = "Thu, 01 Feb 2024 10:00:00 +0100"
    mail.set_content("Otto, see the sketch for ECR-2024-0001.\n")
    mail.add_attachment(b"A sketch in words: 3 mm, not 2.\n", maintype="text", subtype="plain", filename="sketch.txt")
    return {
        "SPC-1001-02 rev A.txt": b"SPC-1001-02\nRevision A\nGasket, 2 mm\n",
        "mail.eml": mail.as_bytes(),
        "note.txt": b"Gasket note, first state.\n",
        "request.md": REQUEST.encode(),
        "to destroy.txt": b"These words were destroyed lawfully.\n",
        "empty.bin": b"",
    }


if __name__ == "__main__":
    make(Path(sys.argv[1]))
