"""Taking in: many small texts, and born-digital PDFs, from the first copy to an answering index."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.archive import Archive
from archive.following import Following
from archive.index.tantivy_engine import Session
from archive.ingest import intake
from archive.ingest.inbox import Inbox
from archive.model import Actor
from archive.store.objects import Objects
from archive.store.store import Store
from benchmarks import alone, material
from benchmarks.clocks import Peak, Stages

FOLLOWERS = ("catalog", "index", "xref")
SCHEMES = """\
[house]
languages = ["en"]
[[house.schemes]]
template = "SPC-{n:4}-{tab:2}"
kind = "controlled_document"
[[house.schemes]]
template = "PN-{n:4}"
kind = "part"
"""


def documents(small: bool) -> dict[str, Any]:
    """Small text files, against bare copying, hashing and syncing."""
    with TemporaryDirectory() as place:
        folder = Path(place, "sources")
        folder.mkdir()
        paths = material.texts(folder, 200 if small else 2000)
        found = _taken(Path(place), paths)
        parts = {
            "copying and hashing": alone.copying(paths, Path(place, "copies")),
            "as many syncs": alone.syncing(found["syncs"], Path(place, "syncs")),
        }
        return {"documents": len(paths), **_compared(found, parts, len(paths), "documents")}


def pages(small: bool) -> dict[str, Any]:
    """Born-digital PDFs, against pdfium on all cores and the other parts."""
    with TemporaryDirectory() as place:
        folder = Path(place, "sources")
        folder.mkdir()
        each = 12
        paths = material.pdfs(folder, 8 if small else 60, each)
        found = _taken(Path(place), paths)
        parts = {
            "pdfium on all cores": alone.extracting(paths),
            "copying and hashing": alone.copying(paths, Path(place, "copies")),
            "as many syncs": alone.syncing(found["syncs"], Path(place, "syncs")),
        }
        compared = _compared(found, parts, len(paths) * each, "pages")
        until_read = found["seconds"] - sum(found["stages, seconds"][name] for name in ("index", "xref"))
        compared["until read, times pdfium alone"] = round(until_read / parts["pdfium on all cores"], 2)
        return {"documents": len(paths), "pages": len(paths) * each, **compared}


def _taken(place: Path, paths: Sequence[Path]) -> dict[str, Any]:
    """Add files to a new archive until every follower answers; then make all followers anew."""
    settings = place / "archive.toml"
    settings.write_text(SCHEMES, encoding="utf-8")
    archive = Archive.create(place / "home", Actor("benchmark"), settings=settings)
    stages, given = Stages(), _Given()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Peak() as peak, stages.around(*_places()), given.noted():
        add = alone.seconds(lambda: _all_read(archive, paths))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    shares = stages.shares(add)
    readers = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    engine = alone.indexing(given.put, given.commits, place / "engine", archive.house.languages)
    entries = archive.store.tail()
    rebuilt = {name: alone.seconds(partial(_rebuilt, archive, name)) for name in FOLLOWERS}
    archive.close()
    return {
        "seconds": round(add, 3),
        "stages, seconds": shares,
        "processor seconds of readers": round(readers, 3),
        "syncs": stages.calls["syncing"],
        "entries": entries,
        "engine alone, seconds": round(engine, 3),
        "index follower, times engine alone": round(shares["index"] / engine, 2),
        "rebuild, entries/s": {name: round(entries / took) for name, took in rebuilt.items()},
        "peak MB": {"own": peak.own, "with readers": peak.all},
    }


def _rebuilt(archive: Archive, name: str) -> None:
    list(archive.rebuild([name]))


class _Given:
    """What the index follower gave the engine, so that the engine alone can be given the same."""

    def __init__(self) -> None:
        self.put: list[tuple[Any, ...]] = []
        self.commits: list[int] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        put, commit = Session.put, Session.commit

        def noted_put(session: Session, *arguments: Any) -> None:
            self.put.append(arguments)
            put(session, *arguments)

        def noted_commit(session: Session, watermark: int) -> None:
            self.commits.append(len(self.put))
            commit(session, watermark)

        Session.put, Session.commit = noted_put, noted_commit  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            Session.put, Session.commit = put, commit  # type: ignore[method-assign]


def _places() -> list[tuple[Any, str, str | Callable[..., str]]]:
    return [
        (os, "fsync", "syncing"),
        (Objects, "stage", "copying and hashing"),
        (Objects, "settle", "settling objects, but for syncs"),
        (Store, "append", "writing the log, but for syncs"),
        (Following, "catch_up", lambda following, *_: following.follower.name),
        (Inbox, "note", "inbox ledger"),
        (intake, "commit_readings", "preparing readings"),
        (intake, "wait", "waiting for readers"),
        (time, "sleep", "waiting for readers"),
    ]


def _all_read(archive: Archive, paths: Sequence[Path]) -> None:
    receipts = list(archive.take(paths))
    unread = [each.path for each in receipts if each.status != "stored"]
    if unread or len(receipts) != len(paths):
        raise SystemExit(f"{len(unread)} of {len(paths)} files were not read: {unread[:3]}")


def _compared(found: dict[str, Any], parts: dict[str, float], count: int, unit: str) -> dict[str, Any]:
    parts = {**parts, "engine": found["engine alone, seconds"]}
    return {
        f"{unit}/s": round(count / found["seconds"], 1),
        "times parts alone": round(found["seconds"] / sum(parts.values()), 2),
        "parts alone, seconds": {name: round(each, 3) for name, each in parts.items()},
        **found,
    }
