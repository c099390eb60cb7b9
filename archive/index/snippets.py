"""The page and the words of a hit, found on the stored text of the few hits that are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from unicodedata import normalize

from archive.index.query import Fuzzy, Node, Pattern, Phrase, Query, Word, leaves
from archive.index.words import Analysis, any_like, distance, made_ready, wildcard
from archive.model import PAGE_BREAK
from archive.schemes import identifier_shaped, identifier_tokens, segments

MARKS = ("\x02", "\x03")
WIDTH = 240

_TOKEN = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")

Place: TypeAlias = tuple[int, int]


class _Wanted(NamedTuple):
    """One thing to look for on a page: by the words of it in a row, each by its own test."""

    weight: int
    tests: tuple[Callable[[str], bool], ...]
    slop: int = 0
    identifier: tuple[str, ...] = ()


def snippet(
    text: str, query: Query | Node, analysis: Analysis, *, marks: tuple[str, str] = MARKS, width: int = WIDTH
) -> tuple[int, str]:
    """Find the page that answers a query best, and its words there.

    Args:
        marks: put around each matched word; where the text itself holds them they become spaces.
    Returns: the page's number from 1, and about `width` characters of it in one line; the beginning of
        the first page that has words, unmarked, when the query matches the document elsewhere.
    """
    tree = query.tree if isinstance(query, Query) else query
    wanted = _wanted(made_ready(tree, analysis), analysis)
    pages = normalize("NFC", text).split(PAGE_BREAK)
    best, places, most = 0, [], 0
    for number, page in enumerate(pages):
        found = [(each.weight, _places(each, page)) for each in wanted]
        score = sum(weight for weight, hits in found if hits)
        if score > most:
            best, most, places = number, score, _strongest(found)
    if not most:
        best = next((number for number, page in enumerate(pages) if page.strip()), 0)
    return best + 1, _cut(pages[best], places, marks, width)


def _wanted(tree: Node, analysis: Analysis) -> list[_Wanted]:
    found = []
    for leaf, negated in leaves(tree):
        if negated or not isinstance(leaf, Word | Phrase | Pattern | Fuzzy) or leaf.field not in ("", "text"):
            continue
        match leaf:
            case Word(text) if identifier_shaped(text):
                found.append(_Wanted(6, _exact_words(text, analysis), identifier=segments(text)))
            case Word(text):
                found.append(_Wanted(2, _stem_tests(text, analysis)))
            case Phrase(text, _, slop):
                found.append(_Wanted(4, _exact_words(text, analysis), slop))
            case Pattern() | Fuzzy():
                found.append(_Wanted(2, (_loose_test(leaf, analysis),)))
    return [each for each in found if each.tests or each.identifier]


def _exact_words(text: str, analysis: Analysis) -> tuple[Callable[[str], bool], ...]:
    return tuple(_is_word(word, analysis) for word in analysis.plain(text))


def _is_word(wanted: str, analysis: Analysis) -> Callable[[str], bool]:
    return lru_cache(maxsize=None)(lambda word: analysis.plain(word) == [wanted])


def _stem_tests(text: str, analysis: Analysis) -> tuple[Callable[[str], bool], ...]:
    if len(analysis.plain(text)) != 1:
        return _exact_words(text, analysis)
    return (_Stemmed(text, analysis),)


class _Stemmed:
    """Tells whether a word has the stem of the wanted one in a language of the house."""

    def __init__(self, wanted: str, analysis: Analysis) -> None:
        self.analysis = analysis
        self.stems = {language: analysis.stems(language, wanted) for language in analysis.languages}
        self.known: dict[str, bool] = {}

    def __call__(self, word: str) -> bool:
        if word not in self.known:
            stems = self.analysis.stems
            self.known[word] = any(stems(language, word) == stem for language, stem in self.stems.items())
        return self.known[word]

    def learn(self, words: Iterable[str]) -> None:
        """Look at a page's words all at once: asking the analyser one by one took ten times as long.

        Only plain ASCII words, of which any analyser makes one word each; the others are asked about later.
        """
        fresh = [word for word in dict.fromkeys(words) if word not in self.known and word.isascii() and len(word) < 100]
        text = " ".join(fresh)
        self.known |= dict.fromkeys(fresh, False)
        for language, stem in self.stems.items():
            found = zip(fresh, self.analysis.stems(language, text), strict=True)
            self.known |= {word: True for word, each in found if [each] == stem}


def _loose_test(leaf: Pattern | Fuzzy, analysis: Analysis) -> Callable[[str], bool]:
    if isinstance(leaf, Pattern):
        pattern = wildcard(leaf.text, analysis)
        return lru_cache(maxsize=None)(lambda word: any_like(pattern, analysis.plain(word)))
    wanted = "".join(analysis.plain(leaf.text))
    return lru_cache(maxsize=None)(
        lambda word: any(distance(wanted, each) <= leaf.distance for each in analysis.plain(word))
    )


def _places(wanted: _Wanted, page: str) -> list[list[Place]]:
    """Every place on a page, as the words it consists of."""
    found = [
        [(start, end)]
        for token, start, end in (identifier_tokens(page) if wanted.identifier else ())
        if segments(token) == wanted.identifier
    ]
    words = [] if found or not wanted.tests else list(_TOKEN.finditer(page))
    if words and isinstance(wanted.tests[0], _Stemmed):
        wanted.tests[0].learn(word[0] for word in words)
    for index, word in enumerate(words):
        if wanted.tests[0](word[0]) and (row := _row(wanted, words, index)):
            found.append(row)
    return found


def _row(wanted: _Wanted, words: Sequence[re.Match[str]], index: int) -> list[Place]:
    row = [words[index].span()]
    spare = wanted.slop
    for test in wanted.tests[1:]:
        index += 1
        while index < len(words) and spare and not test(words[index][0]):
            index, spare = index + 1, spare - 1
        if index >= len(words) or not test(words[index][0]):
            return []
        row.append(words[index].span())
    return row


def _strongest(found: list[tuple[int, list[list[Place]]]]) -> list[tuple[int, int, int]]:
    return sorted((start, end, weight) for weight, hits in found for row in hits for start, end in row)


def _cut(page: str, places: list[tuple[int, int, int]], marks: tuple[str, str], width: int) -> str:
    """The stretch of a page that holds most of what was found, in one line, with the words marked."""
    start = _beginning(page, places, width)
    end = min(len(page), start + width)
    while 0 < end < len(page) and page[end - 1].isalnum() and page[end].isalnum() and end < start + width + 20:
        end += 1
    pieces, at = [], start
    for begin, finish, _ in places:
        if begin < at or finish > end:
            continue
        pieces += [_free(page[at:begin], marks), marks[0], _free(page[begin:finish], marks), marks[1]]
        at = finish
    line = _SPACE.sub(" ", "".join([*pieces, _free(page[at:end], marks)])).strip()
    return ("… " if page[:start].strip() else "") + line + (" …" if page[end:].strip() else "")


def _free(text: str, marks: tuple[str, str]) -> str:
    return text.replace(marks[0], " ").replace(marks[1], " ")


def _beginning(page: str, places: list[tuple[int, int, int]], width: int) -> int:
    best, most, weight, first = 0, 0, 0, 0
    for last, (_, end, gained) in enumerate(places):
        weight += gained
        while end - places[first][0] > width * 3 // 4 and first < last:
            weight -= places[first][2]
            first += 1
        if weight > most:
            best, most = places[first][0], weight
    start = max(0, best - width // 4)
    while 0 < start < best and page[start - 1].isalnum():
        start += 1
    return start
