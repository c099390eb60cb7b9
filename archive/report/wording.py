"""The report's fixed words: steps, rules, limits, commands; and how a quotation and a moment are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from archive.report.nouns import Citation, Command, Row

STEPS: Mapping[str, str] = {
    "request": "Request",
    "relevance": "Relevance",
    "risks": "Risks",
    "benefits": "Benefits",
    "costs": "Costs",
    "presentation": "Presentation",
    "decision": "Decision",
    "authorisation": "Authorisation",
    "communication": "Requester told",
    "incorporation": "Incorporation",
    "revisions": "Revisions",
    "verification": "Verification",
    "closure": "Closure",
}
"""The chain of a change in the order in which it is read (EVIDENCE §5)."""

RULES: Mapping[str, tuple[str, str]] = {
    "request_not_on_file": ("error", "The request, or the paper it was taken from, is not on file"),
    "incorporated_before_authorised": ("error", "An item was changed before the change was authorised"),
    "incorporated_without_authorisation": ("error", "An item was changed without an authorisation"),
    "authoriser_is_requester": ("error", "The person who authorised the change had asked for it"),
    "authority_missing": ("warning", "No authority is on file for a person on the day of deciding or signing"),
    "authority_exceeded": ("error", "The sum is above the limit of the person who signed"),
    "assessor_is_decider": ("error", "The only person who assessed the change was the only one who decided on it"),
    "signer_unresolved": ("warning", "A person who signed is nobody whom a paper on file vouches for"),
    "decided_without_assessment": ("warning", "It was decided without relevance, risks, benefits or costs on record"),
    "decided_before_requested": ("error", "It was decided before it was asked for"),
    "impossible_order": ("error", "Dates stand in an order that cannot be"),
    "requester_not_told": ("warning", "The requester was not told of the decision"),
    "requester_told_late": ("warning", "The requester was told of the decision late"),
    "closure_not_told": ("warning", "The requester was not told that the change had been made"),
    "item_not_revised": ("warning", "An affected item has no new state"),
    "affected_list_differs": ("warning", "The items that were revised are not those that the request names"),
    "revision_without_change": ("note", "A revision names no change that it carries out"),
    "two_current_revisions": ("error", "Two revisions of one item are in force at once"),
    "release_not_proven": ("note", "A revision is used of which no release is on file"),
    "not_verified": ("warning", "Nobody checked that the change was made as decided"),
    "record_conflict": ("error", "Two papers under one key say different things"),
    "evidence_not_found": (
        "error",
        "A paper that is cited as evidence cannot be shown, or its words do not stand on it",
    ),
    "ambiguous": ("warning", "A reference fits more than one thing"),
    "dangling": ("warning", "A number is cited of which nothing is on file"),
    "recorded_late": ("note", "A paper came into the archive long after the day it speaks of"),
    "low_ocr": ("note", "A cited page was read from a scan with low confidence"),
    "unreadable_page": ("note", "A cited page could not be read"),
    "fixity_failure": ("error", "A cited file no longer has the digest that was logged"),
    "destroyed": ("note", "A cited document was destroyed lawfully"),
}
"""Rules that the report looks at, in its order: severity and words by slug (DOMAIN §7)."""

PAPER_RULES = frozenset(
    {
        *("evidence_not_found", "ambiguous", "dangling", "recorded_late", "low_ocr", "unreadable_page"),
        *("fixity_failure", "destroyed"),
    }
)
"""Rules about papers; the others are about changes."""

FULL_TRACK_ONLY = frozenset({"decided_without_assessment", "assessor_is_decider", "not_verified"})
"""Rules about steps that the fast track does not ask for."""

LIMITS = (
    "It cannot show a change of the log by someone who could write to the archive and to every copy of it since the "
    "last time its newest lines were known to somebody outside.",
    "It cannot show that a date written inside a document is true. Where a file bears a date of its own (the header "
    "of a mail, a property of the file), that is printed beside it; such dates can be set by whoever makes the file.",
    "It cannot show a document that was never filed. “Not found” means: not in this archive up to the entry "
    "named above.",
    "Words read from a scan are as good as the recognition; the picture of the page is the evidence, not the text.",
    "A signature in ink or a mail is what the person who filed it says it is; the archive did not see it being signed.",
    "It does not look for holes in the sequences of numbers, for a clock that was set back, for links that became "
    "suspect, or for overdue emergency papers.",
)

UNLISTED = "{:,} more passages name it than the section on links lists; archive xref shows them all."

COMMANDS = (
    Command("All of it, with the program, also on a copy that cannot be written to:", "archive verify"),
    Command(
        "One file, here {number}, without the program; the name of the file is what must come out:",
        "sha256sum objects/{two}/{digest}",
    ),
    Command(
        "Its statement, against the log: what comes out must be “entry” of line {line} of log/{segment}:",
        "sed -n {line}p entries/{segment} | tr -d '\\n' | sha256sum",
    ),
    Command(
        "The chain of the log: what comes out must be “prev” of line {line} of log/{segment}:",
        "sed -n {before}p log/{earlier} | tr -d '\\n' | sha256sum",
    ),
)

NOT_FOUND = "NOT FOUND"

TAKEN_OVER = (
    "long after their dates, with the first of this archive; days late are counted only for what came in later."
)

LEADS = "May bear on it, but proves nothing by itself:"

SHOWS = (
    "What the papers in this archive say about it, each statement with the words and the page where it stands, as the "
    "log had it at the entry named here. It is no opinion on who is right, and it does not show what was never filed."
)


def moment(when: datetime) -> str:
    """An instant to the minute, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_DOUBTFUL = frozenset({"dangling", "ambiguous", "unconfirmed", "suspect", "predated"})


def named(each: Citation) -> str:
    """How a paper names the thing, with the link's status where it is not in order."""
    words = f"{each.rel} {each.target}"
    return f"{words} ({each.status})" if each.status in _DOUBTFUL else words


def quoted(row: Row, longest: int = 96) -> tuple[str, str]:
    """A cite as it stands in a sentence: document and page, and the first words."""
    words = " … ".join(row.words)
    if len(words) > longest:
        words = words[: longest - 2].rsplit(" ", 1)[0].rstrip(" …") + " …"
    return f"{row.document} p.{row.page}", words


def shown(text: str) -> str:
    """Control characters made visible; a line feed is a space."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text.replace("\n", " "))


def severity(name: str) -> str:
    return {"error": "Contradiction", "warning": "Missing or late", "note": "To be known"}.get(name, name)
