"""What a document filed without a form is: the number in its title zone or file name (DOMAIN §1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.model import Mention
from archive.schemes import Schemes, recognise
from archive.xref.cues import Cues
from archive.xref.names import ISSUED, Node, node_of
from archive.xref.readings import Read

ZONE_LINES = 15
_MAIL = "message/rfc822"
_NEVER = frozenset({"document", "part", "product", "party"})
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


@dataclass(frozen=True, slots=True)
class Own:
    """The number found to be a document's own, and where it stands; page 0 is the file name."""

    node: Node
    page: int
    start: int
    end: int
    raw: str

    def is_self(self, node: Node) -> bool:
        """Whether a mention of this node speaks of the document itself."""
        return node.name in (self.node.name, self.node.master)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two numbers that both claim to be a document's own; neither is believed."""

    one: str
    other: str


def own_number(read: Read, name: str, schemes: Schemes, cues: Cues) -> Own | Contradiction | None:
    """Find the document's own number: strict, and unique or agreed on by title zone and file name."""
    if read.media_type == _MAIL:
        return None
    zone = _zone(read.pages[0]) if read.pages and 1 not in read.ocr else ""
    on_page = list(_in_zone(zone, schemes, cues))
    in_name = list(_in_name(name, schemes, cues))
    strong = [own for own, is_strong in on_page if is_strong and not cues.letter.search(read.pages[0])]
    strong += [own for own, is_strong in in_name if is_strong]
    agreed = _agreed([own for own, _ in on_page], [own for own, _ in in_name])
    if agreed is not None and all(_agree(agreed, own) for own in strong):
        return agreed
    return _single(strong)


def _single(claims: list[Own]) -> Own | Contradiction | None:
    if not claims:
        return None
    chosen = max(claims, key=lambda own: (bool(own.node.master), own.page))
    other = next((own for own in claims if not _agree(chosen, own)), None)
    return Contradiction(chosen.raw, other.raw) if other else chosen


def _agreed(on_page: list[Own], in_name: list[Own]) -> Own | None:
    """The claim that title zone and file name share, in its fuller spelling; None where they share none or several."""
    pairs = [(one, two) for one in on_page for two in in_name if _agree(one, two)]
    masters = {one.node.master or one.node.name for one, _ in pairs}
    fullest = [one if one.node.master or not two.node.master else two for one, two in pairs]
    revisions = {own.node.name for own in fullest if own.node.master}
    if len(masters) != 1 or len(revisions) > 1:
        return None
    return max(fullest, key=lambda own: (bool(own.node.master), own.page))


def _agree(one: Own, two: Own) -> bool:
    if one.node.master and two.node.master:
        return one.node.name == two.node.name
    return (one.node.master or one.node.name) == (two.node.master or two.node.name)


def _zone(page: str) -> str:
    lines = page.splitlines(keepends=True)
    stated = [index for index, line in enumerate(lines) if line.strip()][:ZONE_LINES]
    return "".join(lines[: stated[-1] + 1]) if stated else ""


def _in_zone(zone: str, schemes: Schemes, cues: Cues) -> Iterator[tuple[Own, bool]]:
    """Claims of the title zone; strong are those that a label, or nothing, leads in."""
    mentions = recognise(zone, schemes)
    revision = _revision_line(zone, cues)
    for mention in mentions:
        line = zone.rfind("\n", 0, mention.start) + 1
        own = _claim(mention, revision, 1)
        if own is None or cues.before(zone, mention.start, line) is not None:
            continue
        yield own, _is_strong(zone, line, mention, cues)


def _is_strong(zone: str, line: int, mention: Mention, cues: Cues) -> bool:
    """Whether a label leads the number in; without one it must begin the page or stand alone on its line.

    Running text may break so that a line begins with a number, and a letter's subject line may begin with the
    change it is about: kinds other than documents need the label.
    """
    prefix, rest = zone[line : mention.start], zone[mention.end :].partition("\n")[0]
    if not cues.labelled(prefix, mention.kind.split("_")):
        return False
    if prefix.strip("#*| \t"):
        return True
    return mention.kind in ISSUED and (not zone[:line].strip() or not rest.strip("*| \t\r"))


def _in_name(name: str, schemes: Schemes, cues: Cues) -> Iterator[tuple[Own, bool]]:
    """Claims of the file name; strong are those it begins with, if no word says that it is about them."""
    stem = _ENDING.sub("", name)
    for mention in recognise(stem, schemes):
        own = _claim(mention, None, 0)
        if own is None:
            continue
        rest = [word.casefold() for word in re.split(r"[\W_]+", stem[mention.end :]) if word]
        begins = not stem[: mention.start].strip(" _-([")
        strong = begins and not cues.about.intersection(rest) and (mention.kind in ISSUED or not rest)
        yield own, strong


def _claim(mention: Mention, revision: str | None, page: int) -> Own | None:
    if mention.how != "exact" or mention.kind in _NEVER:
        return None
    if mention.rev is None and revision and mention.kind in ISSUED:
        mention = replace(mention, rev=revision)
    return Own(node_of(mention), page, mention.start, mention.end, mention.raw)


def _revision_line(zone: str, cues: Cues) -> str | None:
    """The revision that a line of its own states in the title zone, when it is the only one."""
    found = {match["rev"].upper() for match in cues.revision.finditer(zone)}
    return found.pop() if len(found) == 1 else None
