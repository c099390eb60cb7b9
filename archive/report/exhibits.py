"""The evidence of a report: every quotation found on its page once, numbered in the order of first use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from archive.model import Edge, Evidence, Field, Record
from archive.report.dating import stated
from archive.report.nouns import Row
from archive.report.papers import LONGEST, Paper, Papers, bounds, cut, field_words, passage, plain, stands

_APART = re.compile(r"; (?=[a-z_]+: )")
_NAMED = re.compile(r"([a-z_]+): ")


class Exhibits:
    """Rows of evidence, made when first cited."""

    def __init__(self, papers: Papers) -> None:
        self.papers = papers
        self._rows: dict[tuple[str, int, tuple[str, ...]], Row] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._rows.values())

    def cite(self, evidence: Evidence, record: Record | None = None) -> str:
        """Cite a place; its words are taken as they stand on the page, in as many pieces as that needs.

        Args:
            record: the record at that place, where its fields are quoted as `name: value`.
        """
        paper = self.papers.find(evidence.document)
        page = paper.text(evidence.page) if paper else ""
        pieces = _APART.split(evidence.words) if evidence.words.strip() else []
        found: list[str] = []
        for piece in pieces:
            found += _standing(piece.strip("… "), page, record)
        return self._row(evidence.document, evidence.page, tuple(found), paper, bool(pieces))

    def quote(self, record: Record, *names: str) -> str:
        """Cite a record by the lines on which it states these fields; empty where it states none of them."""
        stated = [record.fields[name] for name in names if name in record.fields and plain(_text(record.fields[name]))]
        if not stated:
            return ""
        paper = self.papers.find(record.document)
        page = paper.text(stated[0].page) if paper else ""
        words = [words for field in stated if field.page == stated[0].page for words in _field(field, page)]
        return self._row(record.document, stated[0].page, tuple(words), paper, True)

    def around(self, edge: Edge) -> str:
        """Cite the sentence in which a link stands; where it stands on no page, the document that gives it."""
        paper = self.papers.find(edge.document)
        page = paper.text(edge.page) if paper else ""
        if 0 <= edge.start < edge.end <= len(page):
            words = passage(page, edge.start, edge.end)
            return self._row(edge.document, edge.page, (words,), paper, True)
        return self.whole(edge.document)

    def span(self, number: str, page: int, start: int, end: int) -> str:
        """Cite the words of a page from one offset to another."""
        paper = self.papers.find(number)
        words = cut(plain(paper.text(page)[start:end]), LONGEST) if paper else ""
        return self._row(number, page, (words,) if words else (), paper, True)

    def dated(self, number: str, *, release: bool = False) -> tuple[date, str] | None:
        """The date that the title zone of a paper states, and the cite of that line.

        Args:
            release: only a line that speaks of a release counts.
        """
        paper = self.papers.find(number)
        found = stated(paper, self.papers.date_order) if paper else None
        if found is None or (release and not found.is_release):
            return None
        return found.day, self.span(number, 1, found.start, found.end)

    def whole(self, number: str) -> str:
        """Cite a document by the first words of its first page that has any."""
        paper = self.papers.find(number)
        for page, text in enumerate(paper.pages if paper else (), 1):
            if text.strip():
                return self._row(number, page, (cut(plain(text), 120),), paper, True)
        return self._row(number, 1, (), paper, False)

    def _row(self, number: str, page: int, words: tuple[str, ...], paper: Paper | None, expected: bool) -> str:
        words = tuple(dict.fromkeys(word for word in words if word))
        key = (number, page, words)
        if key not in self._rows:
            cite = f"E{len(self._rows) + 1}"
            self._rows[key] = _made(cite, (number, page), words, paper, found=bool(words) or not expected)
        return self._rows[key].id


def _made(cite: str, place: tuple[str, int], words: tuple[str, ...], paper: Paper | None, *, found: bool) -> Row:
    number, page = place
    if paper is None:
        return Row(cite, number, "", page, (), False, "not read", None, "this document is not on file")
    note = paper.problem or ("" if found else "the words could not be found on this page")
    name, reading = paper.document.name, paper.reading(page)
    return Row(cite, number, name, page, words, found and not paper.problem, reading, paper.trust(page), note)


def _standing(piece: str, page: str, record: Record | None) -> Iterable[str]:
    """A piece of a quotation as it stands there; nothing where it does not."""
    named = _NAMED.match(piece)
    field = record.fields.get(named[1]) if record and named else None
    if field is not None:
        words = _field(field, page)
        if words:
            return words
    for words in (piece, *([piece[named.end() :]] if named else ())):
        if stands(words, page):
            return _whole(words, page, record)
    return []


def _whole(words: str, page: str, record: Record | None) -> list[str]:
    """The words; where they were cut out of the middle of something, the field or sentence around their middle."""
    found = re.search(r"\s+".join(map(re.escape, words.split())), page)
    if found is None or _is_whole(page, found.start(), found.end()):
        return [cut(plain(words), LONGEST)]
    middle = (found.start() + found.end()) // 2
    for field in record.fields.values() if record else ():
        if field.start <= middle < field.end:
            return _field(field, page)
    return [passage(page, middle, middle + 1)]


def _is_whole(page: str, start: int, end: int) -> bool:
    marks, rest = bounds(page), page[end:]
    return start in marks and end + len(rest) - len(rest.lstrip()) in marks


def _field(field: Field, page: str) -> list[str]:
    return [cut(words, LONGEST) for words in field_words(field, page) if stands(words, page)]


def _text(field: Field) -> str:
    value = field.value
    return value if isinstance(value, str) else str(value or "")
