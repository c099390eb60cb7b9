"""Taking bytes into custody: copied, hashed, durable, numbered. Nothing here looks inside a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.catalog import Catalog, Document, inside
from archive.errors import Unreadable
from archive.ingest.identify import HEAD, sniff
from archive.ingest.inbox import Stamp, stamp_of
from archive.ingest.names import encoded, shown
from archive.store import Staged, Store
from archive.store.lines import stamp as written

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Taken:
    """One file copied into tmp/, with all that its accession will say.

    Attributes:
        path: where it came from; None for a part.
        stamp: what the source was when it was copied; None for a part.
        parent: number and relation of a part.
        in_place: the source stays where it lies, so that a later state of it is a version.
        again: copies the same bytes once more, from wherever they came.
    """

    staged: Staged
    name: str
    name_raw: str
    media_type: str
    path: Path | None = None
    stamp: Stamp | None = None
    parent: tuple[str, str] | None = None
    in_place: bool = False
    again: Callable[[], Staged] | None = None

    @property
    def source(self) -> str:
        return encoded(self.path) if self.path is not None else ""


def copy_in(store: Store, path: Path, in_place: bool) -> Taken:
    """Copy a file into tmp/; it must not change while it is copied.

    Raises:
        Unreadable: not a regular file, no permission, vanished, or changed while it was copied.
        CannotWrite: no room.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | _NO_WAIT)
    except OSError as problem:
        raise _cannot_read(path, problem) from problem
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable(f"{shown(path)} is not an ordinary file (a link, a pipe or a device): it was not taken")
        head = os.read(descriptor, HEAD)
        os.lseek(descriptor, 0, os.SEEK_SET)
        staged = store.objects.stage(_pieces(descriptor, path), before.st_size)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if stamp_of(before) != stamp_of(after) or staged.size != before.st_size:
        store.objects.drop([staged])
        raise Unreadable(
            f"{shown(path)} changed while it was copied: it stays where it is and is taken when it is still"
        )
    name, stamp = path.name, stamp_of(before)
    taken = Taken(staged, shown(name), encoded(name), sniff(head), path, stamp, in_place=in_place)
    return replace(taken, again=lambda: copy_in(store, path, in_place).staged)


_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


def _cannot_read(path: Path, problem: OSError) -> Unreadable:
    if path.is_symlink():
        return Unreadable(f"{shown(path)} is a link to another place: add the file it points to")
    return Unreadable(f"{shown(path)} cannot be read ({problem.strerror}): look at its permissions")


def _pieces(descriptor: int, path: Path) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(descriptor, _CHUNK)
        except OSError as problem:
            raise _cannot_read(path, problem) from problem
        if not piece:
            return
        yield piece


def copy_part(store: Store, path: Path, name: str, parent: tuple[str, str]) -> Taken:
    """Copy a part that a reader wrote into its scratch folder; Unreadable where it is gone (a disposal sweeps)."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(0)
            staged = store.objects.stage(iter(lambda: file.read(_CHUNK), b""), path.stat().st_size)
    except OSError as problem:
        raise Unreadable(f"the part {shown(name)} could not be copied: {problem.strerror}") from problem
    taken = Taken(staged, shown(name), encoded(name), sniff(head), parent=parent)
    return replace(taken, again=lambda: copy_part(store, path, name, parent).staged)


def copy_bytes(store: Store, content: bytes, name: str) -> Taken:
    """Take bytes that never were a file: standard input, or a record the archive itself writes."""
    staged = store.objects.stage([content], len(content))
    taken = Taken(staged, shown(name), encoded(name), sniff(content[:HEAD]))
    return replace(taken, again=lambda: store.objects.stage([content], len(content)))


def settle_again(store: Store, digest: str, again: Callable[[], Staged] | None) -> bool:
    """Bring back an object that a disposal took between settling and the lock; False where it cannot be had.

    The source must still be what was hashed: the entry will name that digest.
    """
    try:
        staged = again() if again is not None else None
    except Unreadable:
        return False
    if staged is None:
        return False
    if staged.digest != digest:
        store.objects.drop([staged])
        return False
    store.objects.settle([staged])
    return True


def is_still(path: Path, stamp: Stamp) -> bool:
    """Whether a source is what was copied; only then may it be moved."""
    try:
        return stamp_of(path.lstat()) == stamp
    except OSError:
        return False


def decide(catalog: Catalog, taken: Taken) -> tuple[str, Document | None]:
    """What these bytes are to the archive: `new`, `occurrence` (one more place) or `seen` (that place is known).

    The Document is the one that holds these bytes already. A left-in-place path whose newest member has other
    bytes makes a third member (A → B → A), so there the bytes count as new.
    """
    kept = catalog.live(taken.staged.digest)
    if kept is None:
        return "new", None
    if taken.in_place:
        last = catalog.at_source(taken.source)
        if last is not None and last.digest != taken.staged.digest and last.destroyed_under is None:
            return "new", None
    place = taken.source or (inside(taken.parent[0]) if taken.parent else "")
    if not place or catalog.is_known_source(taken.staged.digest, place):
        return "seen", kept
    return "occurrence", kept


def accession(taken: Taken, number: str) -> tuple[str, Mapping[str, Any]]:
    """The draft of an accession entry (docs/format.md)."""
    modified = None
    if taken.stamp is not None:
        modified = written(datetime.fromtimestamp(taken.stamp.modified_ns / 1e9, UTC))
    body = {"number": number, "digest": taken.staged.digest, "size": taken.staged.size, "name": taken.name}
    body |= {"name_raw": taken.name_raw, "source": taken.source, "in_place": taken.in_place}
    body |= {"media_type": taken.media_type, "modified": modified}
    return "accession", {**body, "parent": _parent(taken)}


def occurrence(taken: Taken, number: str) -> tuple[str, Mapping[str, Any]]:
    """The draft of an occurrence entry."""
    body = {"number": number, "name": taken.name, "name_raw": taken.name_raw, "source": taken.source}
    return "occurrence", {**body, "in_place": taken.in_place, "parent": _parent(taken)}


def _parent(taken: Taken) -> dict[str, str] | None:
    return {"number": taken.parent[0], "relation": taken.parent[1]} if taken.parent else None
