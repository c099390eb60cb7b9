"""Find identifiers in running text, and read a single one."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from archive.errors import Invalid
from archive.model import Mention
from archive.schemes import patterns, signs
from archive.schemes.scheme import Scheme, spell
from archive.schemes.shapes import addresses, is_inside

EXACT, LENIENT = 1.0, 0.9

_HYPHEN = f"[{re.escape(signs.HYPHENS)}]"
_DAY = r"(?:(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9])"
# What stands before or after makes it a piece of a longer identifier; a day or a word in small letters does not.
_BEFORE = re.compile(rf"(?:{_DAY}|(?<![^\W_])[^\W\d_]?[a-zß-ÿ]+){_HYPHEN}$")
_GOES_ON = re.compile(rf"[^\W_]|{_HYPHEN}(?!{_DAY}(?![0-9]))(?:[0-9]|[A-Z][0-9]*(?![^\W\d_]))|\.[0-9]")
_BEFORE_REACH = 24

_EXPLICIT = frozenset(signs.DASHES) | {"/"}
_BARE_SPACE = re.compile(rf"(?<![{re.escape(signs.DASHES)}\s])[{signs.SPACES}](?![{re.escape(signs.DASHES)}])")


@dataclass(frozen=True)
class Schemes:
    """Schemes compiled together; where two read the same words, the earlier one wins."""

    schemes: tuple[Scheme, ...]

    def of_kind(self, kind: str) -> Scheme | None:
        """Return the first scheme that numbers this kind: the one new numbers are made by."""
        return next((scheme for scheme in self.schemes if scheme.kind == kind), None)

    @cached_property
    def gate(self) -> re.Pattern[str]:
        return patterns.gate(scheme.key for scheme in self.schemes)

    @cached_property
    def by_first(self) -> dict[str, tuple[Scheme, ...]]:
        """The schemes that may begin with a character."""
        found: dict[str, tuple[Scheme, ...]] = {}
        for scheme in self.schemes:
            for character in patterns.first_characters(scheme.key):
                found[character] = (*found.get(character, ()), scheme)
        return found


def compile_schemes(templates: Iterable[tuple[str, str]]) -> Schemes:
    """Compile pairs of template and kind, in order of preference.

    Raises: Invalid, with every problem of every template.
    """
    schemes: list[Scheme] = []
    problems: list[str] = []
    for template, kind in templates:
        try:
            schemes.append(Scheme(template, kind))
        except Invalid as problem:
            problems += problem.problems
    if problems:
        raise Invalid("; ".join(problems), tuple(problems))
    return Schemes(tuple(schemes))


def recognise(text: str, schemes: Schemes) -> list[Mention]:
    """Find every identifier of these schemes, in order and apart; time is linear in the text.

    Of two that overlap the longer counts, then the exact one, then that of the earlier scheme. `start`, `end` and
    `raw` cover the revision cited with it too. Addresses of pages and mailboxes are passed over.
    """
    closed = addresses(text)
    found: list[Mention] = []
    ends: set[int] = set()
    for hit in schemes.gate.finditer(text):
        start = hit.start()
        if (closed and is_inside(start, closed)) or _is_joined_before(text, start, ends):
            continue
        for scheme in schemes.by_first[text[start]]:
            mention = _read(text, start, scheme)
            if mention is not None:
                found.append(mention)
                ends.add(mention.end)
    return _longest_first(found)


def parse_key(text: str, schemes: Schemes) -> Mention | None:
    """Read a text that is one identifier, as a person types it: any case, any separator, padding optional.

    Offsets count from the first character that is no space.
    """
    typed = text.strip()
    for spelling, forgiving in ((typed, False), (typed, True), (typed.upper(), True)):
        read = [_read(spelling, 0, scheme, forgiving) for scheme in schemes.by_first.get(spelling[:1], ())]
        whole = [mention for mention in read if mention is not None and mention.end == len(spelling)]
        if whole:
            best = max(whole, key=lambda mention: mention.confidence)
            how, confidence = (best.how, best.confidence) if spelling == typed else ("lenient", LENIENT)
            return replace(best, raw=typed, end=len(typed), how=how, confidence=confidence)
    return None


def _read(text: str, start: int, scheme: Scheme, forgiving: bool = False) -> Mention | None:
    found = scheme.strict.match(text, start)
    if found and (cited := _cited(text, found.end(), scheme)):
        key: str | None = patterns.LINE_BREAK.sub("", found[0])
        how, confidence = "exact", EXACT
    else:
        found = scheme.lenient.match(text, start)
        if not found or not _is_believable(text, found, scheme, forgiving):
            return None
        cited, key = _cited(text, found.end(), scheme), _canonical(found, scheme)
        how, confidence = "lenient", LENIENT
    if not cited or not key:
        return None
    rev, end = cited
    return Mention(scheme.kind, key, rev, text[start:end], start, end, how, confidence)


def _canonical(found: re.Match[str], scheme: Scheme) -> str | None:
    """Spell the key from what was read; None where the year is none."""
    read = {name: digits.translate(patterns.READ_AS_DIGIT) for name, digits in found.groupdict().items() if digits}
    if len(read.get("year", "")) == 4 and read["year"][:2] not in ("19", "20"):
        return None
    return spell(scheme, {name: int(digits) for name, digits in read.items()})


def _cited(text: str, end: int, scheme: Scheme) -> tuple[str | None, int] | None:
    """Return the revision cited after a key and where the citation ends; None where the key itself goes on."""
    for pattern in (scheme.revision, patterns.CITED_REVISION):
        found = pattern.match(text, end) if pattern else None
        if found and found.lastgroup:
            return found[found.lastgroup].upper(), found.end()
    return None if _GOES_ON.match(text, end) else (None, end)


def _is_joined_before(text: str, start: int, ends: set[int]) -> bool:
    before = text[start - 1 : start]
    if before == ".":
        return text[start - 2 : start - 1].isdigit()
    if not before or before not in signs.HYPHENS or start - 1 in ends:
        return False
    return start > 1 and text[start - 2].isalnum() and not _BEFORE.search(text[max(0, start - _BEFORE_REACH) : start])


def _is_believable(text: str, found: re.Match[str], scheme: Scheme, forgiving: bool) -> bool:
    """Judge a lenient reading by the rules that real false hits taught."""
    digits = "".join(value for value in found.groupdict().values() if value)
    if 2 * sum(character.isdigit() for character in digits) < len(digits) or digits[-1] in "BSs":
        return False
    stands = found[0][: len(scheme.head)]
    true = sum(read.upper() == letter.upper() for read, letter in zip(stands, scheme.head, strict=True))
    if 2 * true < len(stands):
        return False
    return forgiving or not (_is_loose(found[0], stands) or _is_short(text, found, scheme))


def _is_loose(raw: str, head: str) -> bool:
    """Tell whether spaces stand for separators where that does not count.

    Not after small letters ("Act 2020 1500"), not throughout after one or two letters ("Firm SA 2024 1000"), and
    between numbers only where one stands after the letters too ("SPC-1001 20 pieces").
    """
    bare = [space.start() for space in _BARE_SPACE.finditer(raw)]
    return bool(bare) and (head != head.upper() or bare[0] != len(head) or (len(bare) > 1 and len(head) < 3))


def _is_short(text: str, found: re.Match[str], scheme: Scheme) -> bool:
    """Tell whether padding was dropped where that does not count: without - or /, or after one letter.

    "D-40211" is a town. A number that has no padding at all counts after one or two letters only with a dash ("W/2").
    """
    letters = len(scheme.head)
    for piece in scheme.key:
        digits = found.groupdict().get(piece.name)
        if not digits or not piece.is_open:
            continue
        before = text[found.start(piece.name) - 1]
        if len(digits) < piece.width:
            return letters == 1 or before not in _EXPLICIT
        if not piece.width and letters < 3:
            return before not in signs.DASHES
    return False


def _longest_first(found: list[Mention]) -> list[Mention]:
    kept: list[tuple[int, int]] = []
    chosen: dict[int, Mention] = {}
    for mention in sorted(found, key=lambda one: (one.start - one.end, -one.confidence, one.start)):
        at = bisect_right(kept, (mention.start, mention.end))
        if (at and kept[at - 1][1] > mention.start) or (at < len(kept) and kept[at][0] < mention.end):
            continue
        insort(kept, (mention.start, mention.end))
        chosen[mention.start] = mention
    return [chosen[start] for start, _ in kept]
