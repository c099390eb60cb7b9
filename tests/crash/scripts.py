"""What processes do to an archive on the model disk, and what they tell people on the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from archive.store import create
from archive.store.disposal import begin, carry_out, finish, plan, unfinished
from tests.crash.model_disk import Disk, Killed, State
from tests.crash.model_files import ModelFiles
from tests.crash.survival import ACTOR, NOW, Promise, Watch, accession, open_store

FIRST, SECOND = b"The valve sticks. " * 30, b"We agreed on Tuesday."
SECRET, SECRET_NAME = b"salary of the fitter", "salary-of-the-fitter.txt"

Deaf = Callable[[str, int], bool]


def empty(place: Path) -> State:
    """A new archive whose first line is its settings, all of it durable."""
    files = ModelFiles(Disk(), place)
    create(place / "archive", NOW, files)
    with open_store(files).writing(0) as session:
        session.commit([("settings", {"house": {}})], ACTOR, NOW)
    return files.disk.now()


def add(files: ModelFiles, contents: Sequence[bytes], promises: list[Promise]) -> None:
    """Take documents in as one group; what is on file already is acknowledged by its first accession."""
    store = open_store(files)
    staged = [store.objects.stage([content]) for content in contents]
    store.objects.settle(staged)
    with store.writing(0) as session:
        received = [entry for entry in store.entries(0) if entry.action == "accession"]
        on_file = {entry.body["digest"]: entry.seq for entry in received if entry.destroyed_under is None}
        new = [(each, content) for each, content in zip(staged, contents, strict=True) if each.digest not in on_file]
        drafts = [accession(len(received) + at, content) for at, (_, content) in enumerate(new, 1)]
        first = session.tail + 1
        session.commit(drafts, ACTOR, NOW)
    on_file.update({each.digest: first + at for at, (each, _) in enumerate(new)})
    promises += [Promise(on_file[each.digest], each.digest) for each in staged]


def creating(place: Path, deaf: Deaf) -> Watch:
    """An archive is made, and its first line written."""
    disk = Disk(deaf=deaf)
    watch = Watch(disk, seed=random.Random(1))
    disk.after = watch.look
    files = ModelFiles(disk, place)
    create(place / "archive", NOW, files)
    watch.promises.append(Promise(0))
    watch.look()
    with open_store(files).writing(0) as session:
        session.commit([("settings", {"house": {}})], ACTOR, NOW)
    watch.promises.append(Promise(1))
    watch.look()
    return watch


def adding(place: Path, deaf: Deaf) -> Watch:
    """Two documents as one group, then one of them again, then two more over the border of a segment."""
    watch = _watched(empty(place), deaf)
    for contents in ((FIRST, SECOND), (SECOND,), (b"third", b"fourth")):
        add(ModelFiles(watch.disk, place), contents, watch.promises)
        watch.look()
    return watch


def restored(place: Path, deaf: Deaf) -> Watch:
    """Somebody copied a lost object back by hand; then the document is added again."""
    watch = _watched(empty(place), deaf)
    files = ModelFiles(watch.disk, place)
    staged = open_store(files).objects.stage([SECOND])
    target = open_store(files).objects.path(staged.digest)
    files.make_folder(target.parent)
    files.create(target).write(SECOND)
    add(files, (SECOND,), watch.promises)
    watch.look()
    return watch


def killed(place: Path, deaf: Deaf) -> Watch:
    """A process is killed at any moment; another goes on from what it left; then the power fails."""
    before = empty(place)
    every = Watch(Disk())
    lives = 0
    while True:
        watch = _watched(before, deaf)
        watch.disk.after = lambda: None
        with suppress(Killed):
            add(ModelFiles(watch.disk, place, lives=lives), (FIRST, SECOND, b"third"), [])
            add(ModelFiles(watch.disk, place, lives=lives), (b"fourth", b"fifth", b"sixth"), [])
            return every
        for contents in ((FIRST, SECOND, b"third"), (b"fourth",)):
            add(ModelFiles(watch.disk, place), contents, watch.promises)
            watch.look()
        every.disk.sites.update(watch.disk.sites)
        every.states |= watch.states
        lives += 1


def followed(place: Path, deaf: Deaf) -> Watch:
    """While documents are added, another process builds on whatever it can read of the log at any moment."""
    watch = _watched(empty(place), deaf)
    reader = open_store(ModelFiles(watch.disk, place))

    def look() -> None:
        watch.disk.after = lambda: None
        seen = reader.tail(durable=True)
        watch.promises += [Promise(seq) for seq in range(len(watch.promises) + 1, seen + 1)]
        watch.disk.after = look
        watch.look()

    watch.disk.after = look
    for contents in ((FIRST, SECOND), (b"third", b"fourth")):
        add(ModelFiles(watch.disk, place), contents, [])
    return watch


def repairing(place: Path, deaf: Deaf) -> Watch:
    """A group torn over the border of a segment is moved aside, and a shorter one takes its place."""
    before = torn(place)
    watch = _watched(before, deaf)
    watch.scratch = ""
    newest = [before[f"archive/{name}/00000002.jsonl"] or b"" for name in ("log", "entries")]
    watch.traces = tuple(content.splitlines()[-1] for content in newest)
    add(ModelFiles(watch.disk, place), (SECOND,), watch.promises)
    watch.look()
    return watch


def torn(place: Path) -> State:
    """Power was lost while a group of five was synced: a line in its midst is gone, its end is there."""
    files = ModelFiles(Disk(empty(place)), place)
    add(files, (b"one", b"two", b"three", b"four", b"five"), [])
    state = dict(files.disk.now())
    whole = state["archive/log/00000002.jsonl"] or b""
    state["archive/log/00000002.jsonl"] = b"\0" * 200 + whole[200:]
    del state["archive/state/committed.json"]
    return state


def disposing(place: Path, deaf: Deaf) -> Watch:
    """A document, its text and what tmp/ holds of it are destroyed; interrupted anywhere, the next writer goes on."""
    files = ModelFiles(Disk(empty(place)), place)
    add(files, (FIRST, SECRET), [])
    store = open_store(files)
    text = store.objects.stage([b"Text: " + SECRET])
    store.objects.settle([text])
    secret = accession(2, SECRET)[1]["digest"]
    with store.writing(0) as session:
        reading = {"number": "D-000002", "status": "stored", "text": text.digest, "title": {"value": SECRET.decode()}}
        session.commit([("reading", reading), ("occurrence", {"number": "D-000002", "name": SECRET_NAME})], ACTOR, NOW)
    store.objects.stage([SECRET])
    watch = _watched(files.disk.now(), deaf)
    store = open_store(ModelFiles(watch.disk, place))
    watch.promises.append(Promise(2, accession(1, FIRST)[1]["digest"]))  # type: ignore[arg-type]
    with store.writing(0) as session:
        found = plan(store, "DSP-2026-0001", ["D-000002"])
        begin(store, session, found, "retention is over", actor=ACTOR, moment=NOW)
        carry_out(store, found)
        finish(store, session, found, ACTOR, NOW)
    gone = (SECRET, SECRET_NAME.encode(), str(secret).encode(), text.digest.encode())
    watch.promises.append(Promise(store.tail(), gone=gone))
    watch.scratch = ""
    watch.look()
    return watch


def _watched(state: State, deaf: Deaf) -> Watch:
    disk = Disk(state, deaf=deaf)
    watch = Watch(disk)
    disk.after = watch.look
    return watch


SCRIPTS = (creating, adding, restored, killed, followed, repairing, disposing)


def at_random(place: Path, seed: random.Random) -> Watch:
    """Adders of one to five documents, some killed, and now and then a disposal; power fails at any moment."""
    watch = _watched(empty(place), lambda site, nth: False)
    watch.seed = seed
    for turn in range(8):
        known = [f"document {at}. ".encode() * seed.randint(1, 80) for at in range(turn)]
        contents = {
            seed.choice([*known, f"new in turn {turn}, {at}. ".encode() * 40]) for at in range(seed.randint(1, 5))
        }
        lives = seed.choice([None, None, seed.randint(1, 40)])
        with suppress(Killed):
            add(ModelFiles(watch.disk, place, lives=lives), sorted(contents), watch.promises)
            watch.look()
        if seed.random() < 0.3:
            with suppress(Killed):
                _dispose(ModelFiles(watch.disk, place, lives=seed.choice([None, seed.randint(1, 25)])), turn, seed)
            _finish(ModelFiles(watch.disk, place))
    return watch


def _dispose(files: ModelFiles, turn: int, seed: random.Random) -> None:
    store = open_store(files)
    with store.writing(0) as session:
        entries = [each for each in store.entries(0) if each.destroyed_under is None and each.action == "accession"]
        if entries:
            found = plan(store, f"DSP-2026-{turn:04d}", [seed.choice(entries).body["number"]])
            begin(store, session, found, "retention is over", actor=ACTOR, moment=NOW)
            carry_out(store, found)
            finish(store, session, found, ACTOR, NOW)


def _finish(files: ModelFiles) -> None:
    store = open_store(files)
    with store.writing(0) as session:
        found = unfinished(store)
        if found is not None:
            carry_out(store, found)
            finish(store, session, found, ACTOR, NOW)
