"""Files written for a person: originals and reports, never over what is not ours."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from archive.errors import CannotWrite, Refused

if TYPE_CHECKING:
    from archive.catalog import Document
    from archive.desk.desk import Desk

_HEAD = 4096
_REPORT = re.compile(
    rb'\ALINEAGE REPORT\r?\n|\A\{\s*"schema": "lineage/|\A<!DOCTYPE html>.*?<title>Lineage of ', re.DOTALL
)
"""How a report begins, in each of its forms."""


def hand_out(desk: Desk, document: Document, target: Path | None) -> Path:
    """Write the bytes aside and give them their name at the end, so that no half file is ever there."""
    path = target or Path(PurePath(document.name).name or document.number)
    if path.is_dir():
        path = path / PurePath(document.name).name
    if path.exists():
        raise Refused(f"{path} is there already: name another file with -o")
    aside = path.with_name(f".{document.number}.part")
    try:
        with aside.open("wb") as file:
            for piece in desk.store.objects.chunks(document.digest):
                file.write(piece)
        aside.rename(path)
    except OSError as problem:
        raise CannotWrite(f"{path} cannot be written ({problem.strerror}): name another place with -o") from problem
    finally:
        aside.unlink(missing_ok=True)
    return path


def replaces_report(path: Path) -> bool:
    """Whether a report written there takes the place of an earlier one.

    Raises:
        Refused: another file is there. CannotWrite: what is there cannot be looked at.
    """
    try:
        if not path.exists():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as problem:
        raise CannotWrite(f"{path} cannot be written ({problem.strerror}): name another place with -o") from problem
    if not _REPORT.match(head):
        raise Refused(f"{path} is there already and is no report of this archive: name another file with -o")
    return True
