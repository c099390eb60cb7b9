"""Which files of a folder are meant: not what systems and half-finished downloads leave behind."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from archive.ingest.names import shown
from archive.model import Receipt

IGNORED = (
    *(".*", "Thumbs.db", "desktop.ini", "~$*", "*.part", "*.crdownload", "*.filepart"),
    *("@eaDir", "_taken"),
)
"""Names that are counted and listed, never taken: hidden ones, lock files, downloads still running."""

_ARCHIVE = "it is the archive itself"

FOLDER = "inode/directory"
"""Media type of a receipt that is about a folder."""

_CANNOT = "cannot be read"


def is_ignored(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in IGNORED)


def walk(folder: Path, *, deep: bool = True, leave_out: Path | None = None) -> Iterator[tuple[Path, str]]:
    """Yield every file of a folder in order of names, with why it is not to be taken (empty: take it).

    Args:
        deep: go into the folders inside too; a folder that is not gone into is yielded with its reason.
        leave_out: a folder that is never gone into (the archive itself).
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as problem:
        yield folder, _closed(problem)
        return
    for entry in entries:
        path = Path(entry.path)
        if is_ignored(entry.name):
            yield path, "its name says that it is not a document"
        elif entry.is_symlink():
            yield path, "it is a link to another place; add the file it points to"
        elif not entry.is_dir(follow_symlinks=False):
            yield path, "" if entry.is_file(follow_symlinks=False) else "it is not an ordinary file"
        elif leave_out is not None and _is_same(path, leave_out):
            yield path, _ARCHIVE
        elif deep:
            yield from walk(path, deep=deep, leave_out=leave_out)
        else:
            yield path, "it is a folder; add it with -r"


def gather(paths: Sequence[Path], *, deep: bool, leave_out: Path | None = None) -> tuple[list[Path], list[Receipt]]:
    """Sort what a person named into files to take and receipts for what is not to be taken.

    Folders give the files in them, with `deep` those of the folders inside too. A file named in two ways is
    taken once, and nothing inside `leave_out` is, but for what lies in its inbox.
    """
    wanted: list[Path] = []
    others: list[Receipt] = []
    for path in map(place, paths):
        try:
            if leave_out is not None and _is_inside(path, leave_out):
                others.append(_other(path, _ARCHIVE))
            elif path.is_dir():
                _look_through(path, deep, leave_out, wanted, others)
            elif path.exists() or path.is_symlink():
                wanted.append(path)
            else:
                others.append(_other(path, f"{shown(path)} is not there", "failed"))
        except OSError as problem:
            # What lies in a folder that may not be entered cannot even be asked what it is.
            others.append(_other(path, _closed(problem), "failed"))
    return list(dict.fromkeys(wanted)), others


def _look_through(folder: Path, deep: bool, leave_out: Path | None, wanted: list[Path], others: list[Receipt]) -> None:
    for found, reason in walk(folder, deep=deep, leave_out=leave_out):
        if not reason:
            wanted.append(found)
        elif is_closed(reason):
            others.append(replace(_other(found, reason, "failed"), media_type=FOLDER))
        else:
            others.append(_other(found, reason))


def is_closed(reason: str) -> bool:
    """Whether `walk` gives this reason for a folder that it could not look into: what lies there is NOT kept."""
    return reason.startswith(_CANNOT)


def _closed(problem: OSError) -> str:
    return f"{_CANNOT} ({problem.strerror}): look at its permissions, then add it again"


def place(path: Path) -> Path:
    """Spell a path in one way, however it was named: a place's states are versions of each other."""
    path = path.absolute()
    if ".." not in path.parts:
        return path
    return path.resolve() if path.name == ".." else path.parent.resolve() / path.name


def _is_same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False


def _is_inside(path: Path, home: Path) -> bool:
    inside, home = path.resolve(), home.resolve()
    return inside.is_relative_to(home) and not inside.is_relative_to(home / "inbox")


def _other(path: Path, reason: str, status: Literal["ignored", "failed"] = "ignored") -> Receipt:
    return Receipt(shown(path), status, name=shown(path.name), reason=reason)
