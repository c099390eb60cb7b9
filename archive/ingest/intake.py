"""The line every file goes through: kept, then read, each committed in groups under the lock (DESIGN §3)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from archive.catalog import Catalog, Document
from archive.errors import ArchiveError, Damaged, Unreadable
from archive.following import Following
from archive.ingest import accession as custody
from archive.ingest.accession import Taken
from archive.ingest.committing import Heard, Wrote, commit_readings
from archive.ingest.inbox import Inbox
from archive.ingest.names import shown
from archive.ingest.sandbox import Job, Outcome, Sandbox
from archive.model import Actor, Reading, Receipt, numbered
from archive.settings import House
from archive.store import Session, Store
from archive.store.objects import SCRATCH

GROUP = 64
GROUP_S = 0.2
"""A group is committed when it holds that many documents, or after that many seconds (EVIDENCE §2)."""

GROUP_LINES = 4000
"""A mail may hold two thousand parts: a group is cut before it grows past this."""

_LOST = "it changed, or went away, while it was taken in: add it again"

DEPTH = 3
"""How deep parts inside parts are taken in (INGEST §2)."""

_LANGUAGES = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "nl": "nld"}


@dataclass(frozen=True)
class Rules:
    """What a run goes by.

    Attributes:
        read_max: bytes; a larger file is kept and not read.
        wait_s: how long to wait for other writers.
        clock: gives the time of an entry.
    """

    actor: Actor
    house: House
    clock: Callable[[], datetime]
    wait_s: float = 10.0
    read_max: int = 512 << 20
    ocr: bool = True
    languages: tuple[str, ...] = ()

    @property
    def ocr_languages(self) -> tuple[str, ...]:
        return self.languages or tuple(_LANGUAGES.get(each, each) for each in self.house.languages)


@dataclass
class _Waiting:
    """A kept document on its way to its reading."""

    number: str
    name: str
    receipt: Receipt
    scratch: Path
    source: str = ""
    depth: int = 0
    path: Path | None = None
    stamp: str = ""
    again: bool = False


class Intake:
    """Takes files into custody and has them read; one per run of a command."""

    def __init__(self, store: Store, catalog: Following, inbox: Inbox, sandbox: Sandbox, rules: Rules) -> None:
        self.store, self.catalog, self.inbox, self.sandbox, self.rules = store, catalog, inbox, sandbox, rules
        self._reading: dict[Future[Outcome], _Waiting] = {}
        self._catalog: Catalog | None = None

    def take(
        self,
        paths: Iterable[Path],
        *,
        in_place: bool = True,
        on_kept: Callable[[int], None] = lambda count: None,
        after: Callable[[Taken, Receipt], None] = lambda taken, receipt: None,
    ) -> Iterator[Receipt]:
        """Take files in; yields one receipt a path, as soon as what becomes of it is final.

        Every file is durably kept before `on_kept` says how many are new; reading goes on meanwhile.

        Args:
            in_place: the sources stay where they lie; a later state of one is then a version.
            after: called for each kept file once its accession is committed; it may move the source.
        Raises:
            Busy, CannotWrite, Damaged: nothing more can be kept; what was committed stays, and a later run goes on.
        """
        kept = 0
        for batch in _batches(paths, lambda path: self._copy(path, in_place)):
            for receipt in self._keep(batch, after):
                kept += receipt.status == "pending"
                if receipt.status != "pending":
                    yield receipt
            yield from self._harvest(block=False)
        on_kept(kept)
        yield from self._finish()

    def take_bytes(self, content: bytes, name: str) -> Receipt:
        """Take in bytes that never were a file, and read them."""
        return self._only(list(self._keep([custody.copy_bytes(self.store, content, name)], _leave)))

    def _only(self, receipts: list[Receipt]) -> Receipt:
        done = [receipt for receipt in receipts if receipt.status != "pending"]
        return (done + list(self._finish()))[0]

    def resume(self) -> Iterator[Receipt]:
        """Read what an earlier run kept and did not come to read."""
        after = 0
        while documents := self._fresh().unread(1000, after):
            for document in documents:
                self._submit(self._waiting(document))
            after = documents[-1].seq
            yield from self._harvest(block=False)
        yield from self._finish()

    def reread(self, numbers: Sequence[str]) -> Iterator[Receipt]:
        """Make new readings; the older ones stay in the log, the newest counts."""
        catalog = self._fresh()
        for number in numbers:
            self._submit(replace(self._waiting(catalog.document(number)), again=True))
            yield from self._harvest(block=False)
        yield from self._finish()

    def _waiting(self, document: Document) -> _Waiting:
        receipt = Receipt(
            document.name, "pending", document.number, document.digest, document.name, document.media_type
        )
        return _Waiting(document.number, document.name, receipt, self._scratch(), document.source)

    def _copy(self, path: Path, in_place: bool) -> Taken | Receipt:
        try:
            return custody.copy_in(self.store, path, in_place)
        except Unreadable as problem:
            return Receipt(shown(path), "failed", name=shown(path.name), reason=str(problem))

    def _keep(self, batch: Sequence[Taken | Receipt], after: Callable[[Taken, Receipt], None]) -> Iterator[Receipt]:
        """Settle and commit one group; yields final receipts, and `pending` ones for what is still to be read."""
        failed = [each for each in batch if isinstance(each, Receipt)]
        taken = [each for each in batch if isinstance(each, Taken)]
        taken, damaged = self._settle(taken)
        kept = self._commit(taken)
        notes = [(Path(each.path), "", each, 0) for each in failed + damaged]
        notes += [(each.path, str(each.stamp), receipt, seq) for each, receipt, seq in kept if each.path is not None]
        self.inbox.note(notes, self.rules.clock())
        yield from failed + damaged
        for each, receipt, seq in kept:
            after(each, receipt)
            if seq and receipt.status == "pending" and receipt.ref:
                self._submit(self._of(each, receipt))
            yield receipt

    def _of(self, taken: Taken, receipt: Receipt) -> _Waiting:
        waiting = _Waiting(receipt.ref or "", taken.name, receipt, self._scratch(), taken.source)
        return replace(waiting, path=taken.path, stamp=str(taken.stamp or ""))

    def _settle(self, taken: list[Taken]) -> tuple[list[Taken], list[Receipt]]:
        """Make a group durable; where an object met again is damaged, only that file fails."""
        try:
            self.store.objects.settle([each.staged for each in taken])
        except Damaged as problem:
            if len(taken) == 1:
                return [], [_failed(taken[0], problem)]
            good, bad = [], []
            for each in taken:
                again = self._copy(each.path, each.in_place) if each.path else each
                settled, failed = self._settle([again]) if isinstance(again, Taken) else ([], [again])
                good += settled
                bad += failed
            return good, bad
        return taken, []

    def _commit(self, taken: Sequence[Taken]) -> list[tuple[Taken, Receipt, int]]:
        """Decide numbers and duplicates under the lock, and commit the accessions."""
        if not taken:
            return []
        with self.store.writing(self.rules.wait_s) as session:
            catalog = self._fresh()
            lost = self._look_again(session, taken)
            number = catalog.next_number()
            drafts, decided = [], []
            own: dict[str, str] = {}
            for each in taken:
                if each.staged.digest in lost:
                    decided.append((each, _failed(each, Unreadable(_LOST)), 0))
                    continue
                verdict, document = custody.decide(catalog, each)
                known = own.get(each.staged.digest) or (document.number if document else None)
                if verdict == "new" and known is None:
                    known = numbered(number)
                    own[each.staged.digest] = known
                    number += 1
                    drafts.append(custody.accession(each, known))
                    decided.append((each, _receipt(each, known, "pending"), len(drafts)))
                    continue
                if verdict != "seen":
                    drafts.append(custody.occurrence(each, known or ""))
                decided.append((each, _duplicate(each, known or ""), len(drafts)))
            entries = session.commit(drafts, self.rules.actor, self.rules.clock())
        first = entries[0].seq - 1 if entries else 0
        return [(each, receipt, first + at if entries else 0) for each, receipt, at in decided]

    def _look_again(self, session: Session, taken: Sequence[Taken]) -> set[str]:
        """A disposal may have removed an object between settling and the lock: then it is copied again.

        Returns: digests of what can no longer be had.
        """
        gone = set(session.missing([each.staged.digest for each in taken]))
        ways = {each.staged.digest: each.again for each in taken if each.staged.digest in gone}
        return {digest for digest, again in ways.items() if not custody.settle_again(self.store, digest, again)}

    def _submit(self, waiting: _Waiting) -> None:
        document_path = self.store.objects.path(waiting.receipt.digest or "")
        size = self.store.fs.size(document_path) or 0
        if size > self.rules.read_max:
            future: Future[Outcome] = Future()
            future.set_result(_too_large(waiting.receipt.media_type, size, self.rules.read_max))
        else:
            house = self.rules.house
            job = Job(
                document_path,
                waiting.receipt.media_type,
                waiting.name,
                waiting.scratch,
                self.rules.ocr,
                self.rules.ocr_languages,
                house.kinds,
                house.date_order,
            )
            future = self.sandbox.submit(job)
        self._reading[future] = waiting

    def _scratch(self) -> Path:
        return self.store.objects.tmp / f"{SCRATCH}{secrets.token_hex(8)}"

    def _harvest(self, *, block: bool) -> Iterator[Receipt]:
        """Commit the readings that are ready, in groups; with `block`, wait for at least one."""
        if block and self._reading:
            wait(self._reading, return_when=FIRST_COMPLETED)
            until = time.monotonic() + GROUP_S
            while time.monotonic() < until and any(not each.done() for each in self._reading):
                if sum(each.done() for each in self._reading) >= GROUP:
                    break
                time.sleep(0.005)
        ready = self._in_order()
        if not block and len(ready) < GROUP:
            return
        for group in _groups(ready):
            yield from self._commit_group(group)

    def _in_order(self) -> list[Future[Outcome]]:
        """The readings that are ready; texts only in the order of their accession.

        Records are texts: the later file of one key must find the earlier one read.
        """
        ready, held = [], False
        for future, waiting in self._reading.items():
            is_text = waiting.receipt.media_type.startswith("text/")
            if not future.done():
                held = held or is_text
            elif not (held and is_text):
                ready.append(future)
        return ready

    def _finish(self) -> Iterator[Receipt]:
        while self._reading:
            yield from self._harvest(block=True)

    def _commit_group(self, futures: Sequence[Future[Outcome]]) -> Iterator[Receipt]:
        waiting = [self._reading.pop(future) for future in futures]
        heard = [
            Heard(each.number, each.name, each.source, _outcome(future, each), each.depth < DEPTH, each.again)
            for future, each in zip(futures, waiting, strict=True)
        ]
        try:
            wrote = commit_readings(self.store, self._fresh, heard, self.rules)
        finally:
            for each in waiting:
                rmtree(each.scratch, ignore_errors=True)
        notes = []
        for each, written in zip(waiting, wrote, strict=True):
            receipt = _final(each.receipt, written)
            for part in written.new_parts:
                self._submit(replace(self._waiting(part), depth=each.depth + 1))
            if each.path is not None:
                notes.append((each.path, each.stamp, receipt, written.seq))
            if each.depth == 0:
                yield receipt
        self.inbox.note(notes, self.rules.clock())

    def _fresh(self) -> Catalog:
        """The catalog, caught up with the log; inside the lock it is exact."""
        lag = self.catalog.catch_up()
        folder = self.catalog.current()
        if lag.behind or folder is None:
            raise ArchiveError(f"the catalog cannot be brought up to date: {lag.reason}")
        if self._catalog is None or self._catalog.folder != folder:
            if self._catalog is not None:
                self._catalog.close()
            self._catalog = Catalog(folder)
        return self._catalog

    def close(self) -> None:
        """End the reading processes; what was not read yet is read by a later run."""
        self.sandbox.close()
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None


def _batches(paths: Iterable[Path], copy: Callable[[Path], Taken | Receipt]) -> Iterator[list[Taken | Receipt]]:
    batch: list[Taken | Receipt] = []
    began = time.monotonic()
    for path in paths:
        batch.append(copy(path))
        if len(batch) >= GROUP or time.monotonic() - began > GROUP_S:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch


def _groups(ready: Sequence[Future[Outcome]]) -> Iterator[list[Future[Outcome]]]:
    """Cut into groups of at most GROUP documents and GROUP_LINES lines, parts counted."""
    group: list[Future[Outcome]] = []
    lines = 0
    for future in ready:
        parts = 0 if future.cancelled() or future.exception() else len(future.result().parts)
        if group and (len(group) >= GROUP or lines + parts + 1 > GROUP_LINES):
            yield group
            group, lines = [], 0
        group.append(future)
        lines += parts + 1
    if group:
        yield group


def _leave(taken: Taken, receipt: Receipt) -> None:
    """What never was a file has no source to move."""


def _receipt(taken: Taken, number: str, status: str) -> Receipt:
    path = shown(taken.path) if taken.path is not None else taken.name
    return Receipt(path, status, number, taken.staged.digest, taken.name, taken.media_type)  # type: ignore[arg-type]


def _duplicate(taken: Taken, number: str) -> Receipt:
    return replace(_receipt(taken, number, "duplicate"), reason=f"the same bytes are kept already as {number}")


def _failed(taken: Taken, problem: ArchiveError) -> Receipt:
    path = shown(taken.path) if taken.path is not None else taken.name
    return Receipt(path, "failed", digest=taken.staged.digest, name=taken.name, reason=str(problem))


def _too_large(media_type: str, size: int, most: int) -> Outcome:
    reason = f"it is kept but not read: {size >> 20:,} MB, and read_max_mb is {most >> 20:,}"
    return Outcome("stored_no_text", Reading(media_type), (), reason, "none", "")


def _outcome(future: Future[Outcome], waiting: _Waiting) -> Outcome:
    try:
        return future.result()
    except ArchiveError as problem:
        return Outcome("unreadable", Reading(waiting.receipt.media_type), (), str(problem), "none", "")


def _final(receipt: Receipt, wrote: Wrote) -> Receipt:
    body = wrote.body
    record = body["record"]["key"] if body["record"] else None
    older = f"later version of {body['version_of']['number']}" if body["version_of"] else ""
    reason = "; ".join(dict.fromkeys(filter(None, [body["reason"], *body["problems"], older])))
    return replace(
        receipt,
        status=body["status"],
        media_type=body["media_type"],
        pages=len(body["pages"]),
        reason=reason,
        parts=tuple(body["parts"]),
        record=record,
    )
