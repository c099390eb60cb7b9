"""A copy made of a living archive, in the order that README.txt names, is an archive."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from archive.store import Store
from tests.store.archive_on_disk import RealArchive
from tests.store.test_refusals import WRITER


def test_a_copy_made_while_others_write_opens_elsewhere_and_goes_on(tmp_path: Path) -> None:
    archive = RealArchive(tmp_path / "archive", segment_lines=50)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(archive.home), "writer"], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    for _ in range(15):
        writer.stdout.readline()
    copy = tmp_path / "copy"
    for name in ("state", "log", "entries", "objects"):
        shutil.copytree(archive.home / name, copy / name)
    assert writer.poll() is None or writer.returncode == 0
    shutil.copy(archive.home / "archive.json", copy)
    (copy / "tmp").mkdir()
    writer.communicate()
    assert writer.returncode == 0
    with Store(copy, segment_lines=50).writing(0):
        pass
    opened = RealArchive.at(copy, segment_lines=50)
    assert 31 <= opened.open().tail() <= archive.open().tail()
    assert list(opened.open().entries(0)) == list(archive.open().entries(0))[: opened.open().tail()]
    assert opened.add(b"goes on")
    assert opened.slugs() <= {"orphan_object", "left_in_tmp", "clock_set_back"}
