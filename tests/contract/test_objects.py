"""What every place for objects must keep to; the folder of an archive is the one there is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import CannotWrite, Damaged, NotFound
from archive.store import OsFiles, create
from archive.store.objects import Objects
from tests.crash.model_disk import Disk
from tests.crash.model_files import ModelFiles
from tests.crash.survival import NOW

Place = Callable[[Path], Objects]


def on_disk(place: Path) -> Objects:
    return create(place / "archive", NOW).objects


def in_memory(place: Path) -> Objects:
    return create(place / "archive", NOW, ModelFiles(Disk(), place)).objects


PLACES = (on_disk, in_memory)


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__)
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    made: Objects = request.param(tmp_path)
    return made


def put(objects: Objects, *contents: bytes) -> list[str]:
    staged = [objects.stage([content[:3], content[3:]], len(content)) for content in contents]
    objects.settle(staged)
    return [each.digest for each in staged]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@settings(max_examples=25, deadline=None)
@given(contents=st.lists(st.binary(max_size=3000), max_size=4))
def test_what_was_put_is_what_is_read(place: Place, contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        objects = place(Path(folder))
        digests = put(objects, *contents)
        assert digests == [sha256(content).hexdigest() for content in contents]
        assert [objects.read(digest) for digest in digests] == contents
        assert list(objects.every()) == sorted(set(digests))
        assert objects.fs.names(objects.tmp) == []


def test_the_same_bytes_twice_are_one_object(objects: Objects) -> None:
    assert len(set(put(objects, b"same", b"same"))) == 1
    put(objects, b"same")
    assert len(list(objects.every())) == 1
    assert objects.fs.names(objects.tmp) == []


def test_what_is_only_staged_is_not_there_yet(objects: Objects) -> None:
    staged = objects.stage([b"coming"])
    assert not objects.has(staged.digest)
    objects.drop([staged])
    assert objects.fs.names(objects.tmp) == []


def test_what_was_never_put_is_not_found(objects: Objects) -> None:
    with pytest.raises(NotFound):
        objects.read("0" * 64)


def test_what_was_removed_is_gone_and_removing_it_again_is_no_error(objects: Objects) -> None:
    digest = put(objects, b"going")[0]
    objects.remove(digest)
    objects.remove(digest)
    assert not objects.has(digest)


def test_a_copy_that_fails_on_the_way_leaves_nothing(objects: Objects) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"begun"
        raise OSError("the source went away")

    with pytest.raises(OSError, match="the source went away"):
        objects.stage(pieces())
    assert objects.fs.names(objects.tmp) == []


def test_more_than_fits_is_refused_before_a_byte_is_copied(objects: Objects) -> None:
    with pytest.raises(CannotWrite, match="the disk is full"):
        objects.stage([b"small"], expected=1 << 50)
    assert objects.fs.names(objects.tmp) == []


@settings(max_examples=30, deadline=None)
@given(content=st.binary(min_size=1, max_size=300), at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_damage(content: bytes, at: int, bit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        objects = on_disk(Path(folder))
        digest = put(objects, content)[0]
        spoiled = bytearray(content)
        spoiled[at % len(content)] ^= 1 << bit
        objects.path(digest).chmod(0o644)
        objects.path(digest).write_bytes(spoiled)
        with pytest.raises(Damaged):
            objects.read(digest)
        with pytest.raises(Damaged):
            put(objects, content)


def test_a_cut_object_is_damage(tmp_path: Path) -> None:
    objects = on_disk(tmp_path)
    digest = put(objects, b"whole")[0]
    OsFiles().truncate(objects.path(digest), 3)
    with pytest.raises(Damaged):
        objects.check(digest)


def test_an_object_is_sealed_on_its_shelf(tmp_path: Path) -> None:
    objects = on_disk(tmp_path)
    digest = put(objects, b"sealed")[0]
    path = tmp_path / "archive" / "objects" / digest[:2] / digest
    assert path.read_bytes() == b"sealed"
    assert path.stat().st_mode & 0o777 == 0o444
