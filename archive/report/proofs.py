"""Whether the cited files are still what was logged, and how anybody can check it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archive.errors import Damaged, NotFound, Unreadable
from archive.model import Truth
from archive.report.nouns import Command, File, Integrity
from archive.report.papers import Papers
from archive.report.wording import COMMANDS

SEGMENT_LINES = 10_000
"""Lines in a file of log and entries (docs/format.md)."""

_SILENT = frozenset({"export", "access", "fixity check", "checkpoint", "key"})
_STEP = 100


def files_of(papers: Papers, numbers: Iterable[str]) -> tuple[File, ...]:
    """Hash every cited file as it lies in the archive now."""
    files = []
    for number in sorted(numbers):
        paper = papers.find(number)
        if paper is not None:
            document = paper.document
            state = _state(papers, document.digest, document.destroyed_under)
            files.append(File(number, document.name, document.digest, document.size, document.seq, state))
    return tuple(files)


def _state(papers: Papers, digest: str, destroyed_under: str | None) -> str:
    if destroyed_under:
        return f"destroyed under {destroyed_under}"
    try:
        for _ in papers.pieces(digest):
            pass
    except Damaged:
        return "damaged: its bytes are not those that were logged"
    except NotFound:
        return "missing"
    except Unreadable:
        return "cannot be opened"
    return "intact"


def integrity_of(files: Sequence[File], at: int) -> Integrity:
    """The statement on the cited files."""
    live = [file for file in files if not file.state.startswith("destroyed")]
    equal = sum(file.state == "intact" for file in live)
    words = (
        f"{equal} of {len(live)} files cited here equal the digest (SHA-256) logged when they were taken in; each was "
        f"read and hashed for this report, which rests on the log up to entry {at}."
    )
    destroyed = len(files) - len(live)
    words += f" {destroyed} more were destroyed lawfully." if destroyed else ""
    problems = tuple(f"{file.number} {file.name}: {file.state}" for file in live if file.state != "intact")
    return Integrity(len(live), equal, words, problems)


def commands_of(files: Sequence[File], at: int) -> tuple[Command, ...]:
    """The commands of docs/format.md, spelled for the first file cited here."""
    if not files:
        return COMMANDS[:1]
    first = files[0]
    place = {
        "two": first.sha256[:2],
        "digest": first.sha256,
        "segment": f"{(first.seq - 1) // SEGMENT_LINES + 1:08d}.jsonl",
        "line": (first.seq - 1) % SEGMENT_LINES + 1,
        "before": (first.seq - 2) % SEGMENT_LINES + 1,
        "earlier": f"{max(0, first.seq - 2) // SEGMENT_LINES + 1:08d}.jsonl",
        "number": first.number,
    }
    rows = [Command(each.words.format(**place), each.command.format(**place)) for each in COMMANDS]
    return tuple(rows if first.seq > 1 else rows[:-1])


def pin(truth: Truth, tail: int) -> int:
    """The last entry up to `tail` that says something about papers: no export, access or check."""
    while tail > 0:
        first = max(0, tail - _STEP)
        for entry in reversed(truth.entries(first, tail)):
            if entry.action not in _SILENT:
                return entry.seq
        tail = first
    return 0
