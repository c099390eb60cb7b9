"""The one door to tantivy: schema, analysers, a writing session, a snapshot to search; its errors made ours.

Guards against what was met in tantivy-py: an Index object that outlives another writer's commit leaves
files behind for ever, so each session opens anew and first sweeps what `meta.json` does not name, under
the writer's lock; merging threads are waited for; `meta.json` is written for its owner only, so its mode
is set from the folder's; opening for reading wants a lock file that can be written, so where there is none a mirror
of links is opened; a panic is a BaseException; analysers must be registered at every open.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any
from unicodedata import normalize

import tantivy

from archive.errors import ArchiveError, Busy, CannotWrite, Damaged
from archive.index.words import FUNCTION_WORDS

ENGINE = str(tantivy.tantivy.__version__)
HEAP = 64_000_000
WORN = 0.2
"""Share of deleted documents above which scores drift from those of a fresh index (DESIGN §4)."""

_FEW = 200

STEMMED = ("body", "title", "extra")
PLAIN = (*STEMMED, "name", "path")
RAW = ("ref", "version_of", "skeletons", "keys", "id", "type", "kind", "source", "lang", "has", "shown", "marker")
DAYS = ("date", "received")
ORDERS = ("by_date", "by_received")
STORED = "card"

_LONGEST_WORD = 255
_OPENING_TRIES = 5
_NAMES = {
    "ar": "arabic",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hu": "hungarian",
    "it": "italian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_HAVE_STOP_LISTS = ("da", "nl", "fi", "fr", "de", "hu", "it", "no", "pt", "ru", "es", "sv")
_SEGMENT_FILE = re.compile(r"([0-9a-f]{32})\.")

Query = tantivy.Query
Occur = tantivy.Occur


class Door:
    """Turn whatever tantivy raises into an error of the archive."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if problem is None or isinstance(problem, ArchiveError):
            return
        words = str(problem)
        if isinstance(problem, OSError) or "No space left" in words or "ermission denied" in words:
            raise CannotWrite(f"the index cannot be used ({words}): free some space or check permissions") from problem
        if "LockBusy" in words:
            raise Busy("another program is writing the index: try again in a moment") from problem
        if isinstance(problem, ValueError | RuntimeError) or type(problem).__name__ == "PanicException":
            raise Damaged(
                f"the index cannot be used ({words[:300]}): run archive rebuild, nothing is lost"
            ) from problem


class TantivyAnalysis:
    """The analysers of one house (port: `words.Analysis`)."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.languages = languages
        self.analysers = {language: _analyser(_NAMES.get(language, "")) for language in languages}
        self.analysers[""] = _analyser("")
        self._stop = [_stop_list(each) for each in languages if each in _HAVE_STOP_LISTS]

    def plain(self, text: str) -> list[str]:
        return list(self.analysers[""].analyze(normalize("NFC", text)))

    def stems(self, language: str, text: str) -> list[str]:
        return list(self.analysers[language].analyze(normalize("NFC", text)))

    def is_function_word(self, text: str) -> bool:
        if "en" in self.languages and text.casefold() in FUNCTION_WORDS:
            return True
        return any(not each.analyze(text) for each in self._stop) and len(self.plain(text)) == 1


@lru_cache(maxsize=8)
def analysis_for(languages: tuple[str, ...]) -> TantivyAnalysis:
    """The analysers of a house with these languages; made once."""
    return TantivyAnalysis(languages)


def _analyser(stemmer: str) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    return (builder.filter(tantivy.Filter.stemmer(stemmer)) if stemmer else builder).build()


def _stop_list(language: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    return builder.filter(tantivy.Filter.stopword(_NAMES[language])).build()


def _schema(languages: tuple[str, ...]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in PLAIN:
        builder.add_text_field(name, tokenizer_name="plain_")
    for name in STEMMED:
        for language in languages:
            builder.add_text_field(f"{name}_{language}", tokenizer_name=f"stem_{language}", index_option="freq")
    builder.add_text_field("ids", tokenizer_name="whitespace")
    for name in RAW:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("by_title", tokenizer_name="raw", index_option="basic", fast=True)
    for name in (*DAYS, *ORDERS):
        builder.add_integer_field(name, indexed=name in DAYS, fast=True)
    builder.add_integer_field("watermark", stored=True)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def _register(index: tantivy.Index, analysis: TantivyAnalysis) -> None:
    for language, analyser in analysis.analysers.items():
        index.register_tokenizer(f"stem_{language}" if language else "plain_", analyser)
    index.config_reader("manual")


class Snapshot:
    """What one commit holds: the queries an engine offers, and their answers."""

    def __init__(self, index: tantivy.Index, languages: tuple[str, ...]) -> None:
        self.analysis = analysis_for(languages)
        self.schema = index.schema
        self._searcher = index.searcher()

    def watermark(self) -> int:
        """The highest sequence number applied; 0 in a fresh index."""
        with Door():
            found = self._searcher.search(self.term("marker", "watermark"), limit=1).hits
            return int(self._searcher.doc(found[0][1]).to_dict()["watermark"][0]) if found else 0

    def card(self, ref: str) -> str | None:
        """What was stored with a document."""
        found = self.top(self.term("ref", ref), 1)
        return found[0][1] if found else None

    def top(
        self, query: Query, limit: int, offset: int = 0, order: str = "", ascending: bool = False
    ) -> list[tuple[float, str]]:
        """The best, or first in an order: score (0 in an order) and what was stored."""
        if limit <= 0:
            return []
        direction = tantivy.Order.Asc if ascending else tantivy.Order.Desc
        with Door():
            hits = self._searcher.search(query, limit, False, order or None, offset, direction).hits
            return [
                (0.0 if order else float(score), bytes(self._searcher.doc(place)[STORED][0]).decode())
                for score, place in hits
            ]

    def count(self, query: Query) -> int:
        with Door():
            found: Any = self._searcher.search(query, 1, True)
            return int(found.count or 0)

    def term(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value)

    def phrase(self, field: str, words: Sequence[str], places: Sequence[int]) -> Query:
        if len(words) == 1:
            return self.term(field, words[0])
        return Query.phrase_query(self.schema, field, list(zip(places, words, strict=True)))

    def pattern(self, field: str, pattern: str) -> Query:
        """`*` and `?` as wildcards, everything else as it stands; every match scores alike."""
        wild = {"*": ".*", "?": "."}
        expression = "".join(wild.get(each) or (each if each.isalnum() else re.escape(each)) for each in pattern)
        with Door():
            return Query.const_score_query(Query.regex_query(self.schema, field, expression), 1.0)

    def fuzzy(self, field: str, word: str, distance: int) -> Query:
        return Query.const_score_query(Query.fuzzy_term_query(self.schema, field, word, distance), 1.0)

    def between(self, field: str, first: int | None, last: int | None) -> Query:
        low, high = (1 if first is None else first), (4_000_000 if last is None else last)
        kind = tantivy.FieldType.Integer
        return Query.const_score_query(Query.range_query(self.schema, field, kind, low, high), 1.0)

    def any_of(self, field: str, values: Collection[str]) -> Query:
        return Query.const_score_query(Query.term_set_query(self.schema, field, list(values)), 1.0)

    def everything(self) -> Query:
        return Query.all_query()

    def nothing(self) -> Query:
        return Query.empty_query()

    def all_true(self, queries: Sequence[Query], without: Sequence[Query] = ()) -> Query:
        wanted = [(Occur.Must, each) for each in queries or [self.everything()]]
        return Query.boolean_query([*wanted, *((Occur.MustNot, each) for each in without)])

    def one_true(self, queries: Sequence[Query]) -> Query:
        if len(queries) == 1:
            return queries[0]
        return Query.boolean_query([(Occur.Should, each) for each in queries]) if queries else self.nothing()

    def boosted(self, query: Query, factor: float) -> Query:
        return Query.boost_query(query, factor)

    def constant(self, query: Query, score: float) -> Query:
        return Query.const_score_query(query, score)


class Session:
    """One writing session on one generation's folder, under tantivy's own writer lock."""

    def __init__(self, folder: Path, languages: tuple[str, ...]) -> None:
        self.folder = folder
        self.analysis = analysis_for(languages)
        self._pending = False
        with Door():
            self._index = tantivy.Index(_schema(languages), path=str(folder))
            _register(self._index, self.analysis)
            self._writer: tantivy.IndexWriter | None = self._index.writer(HEAP, 1)
            _sweep(folder)
            _share(folder)
            self.snapshot = Snapshot(self._index, languages)

    def put(self, ref: str, texts: Mapping[str, Sequence[str]], numbers: Mapping[str, int], card: str) -> None:
        """Put a document in the place of an older one of the same reference; seen after the commit."""
        document = tantivy.Document()
        for name, values in texts.items():
            for value in values:
                document.add_text(name, value)
                for language in self.analysis.languages if name in STEMMED else ():
                    document.add_text(f"{name}_{language}", value)
        for name, number in numbers.items():
            document.add_integer(name, number)
        document.add_bytes(STORED, card.encode())
        self._pending = True
        with Door():
            self.writer.delete_documents_by_term("ref", ref)
            self.writer.add_document(document)

    def commit(self, watermark: int) -> None:
        """Make everything put and the watermark durable together."""
        marker = tantivy.Document()
        marker.add_text("marker", "watermark")
        marker.add_integer("watermark", watermark)
        with Door():
            self.writer.delete_documents_by_term("marker", "watermark")
            self.writer.add_document(marker)
            self.writer.commit()
            self._pending = False
            _share(self.folder)
            self._index.reload()
            self.snapshot = Snapshot(self._index, self.analysis.languages)

    @property
    def writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise ValueError("this writer was closed")
        return self._writer

    def close(self) -> None:
        """Drop what was not committed, wait for merging threads, let go of the lock."""
        if self._writer is not None:
            with Door():
                if self._pending:
                    self._writer.rollback()
                self._writer.wait_merging_threads()
            self._writer = None
            _share(self.folder)


def open_snapshot(folder: Path, languages: tuple[str, ...]) -> Snapshot:
    """Open what the last commit holds, also on a medium that cannot be written and as another user.

    Raises:
        Damaged: there is no index in the folder, or not a whole one.
    """
    for attempt in range(_OPENING_TRIES):
        try:
            return _opened(folder, languages)
        except (Damaged, CannotWrite):
            # A writer may have removed a merged segment, or not yet opened up its meta.json, between two of our reads.
            if attempt == _OPENING_TRIES - 1 or not (folder / "meta.json").exists():
                raise
            time.sleep(0.02 * (attempt + 1))
    raise Damaged("the index cannot be opened: run archive rebuild, nothing is lost")


def _opened(folder: Path, languages: tuple[str, ...]) -> Snapshot:
    with Door(), _readable(folder) as path:
        index = tantivy.Index.open(str(path))
        _register(index, analysis_for(languages))
        index.reload()
        return Snapshot(index, languages)


@contextmanager
def _readable(folder: Path) -> Iterator[Path]:
    """The folder itself, or where its lock file cannot be written a mirror of links to its files."""
    lock = folder / ".tantivy-meta.lock"
    if os.access(lock if lock.exists() else folder, os.W_OK) and not lock.is_dir():
        yield folder
        return
    from shutil import copyfile
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="archive-index-", ignore_cleanup_errors=True) as mirror:
        for path in folder.iterdir():
            if _SEGMENT_FILE.match(path.name):
                _link(path, Path(mirror, path.name))
        copyfile(folder / "meta.json", Path(mirror, "meta.json"))
        yield Path(mirror)


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source.absolute())
    except OSError:
        # Windows lets only some users make links.
        from shutil import copyfile

        copyfile(source, target)


def _segments(folder: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Damaged(f"the index cannot be read ({problem}): run archive rebuild, nothing is lost") from problem


def _sweep(folder: Path) -> None:
    """Remove segment files that the last commit does not name; only while holding the writer's lock."""
    named = {segment["segment_id"].replace("-", "") for segment in _segments(folder)}
    for path in folder.iterdir():
        found = _SEGMENT_FILE.match(path.name)
        if found and found[1] not in named:
            path.unlink(missing_ok=True)


def _share(folder: Path) -> None:
    """Give the files that tantivy keeps for their owner alone the mode that the folder has."""
    mode = folder.stat().st_mode & 0o666
    for name in ("meta.json", ".managed.json"):
        path = folder / name
        if path.exists():
            path.chmod(mode)


def is_worn(folder: Path) -> bool:
    """Tell whether so many documents were replaced that a new generation would rank better."""
    segments = _segments(folder)
    held = sum(segment["max_doc"] for segment in segments)
    deleted = sum((segment["deletes"] or {}).get("num_deleted_docs", 0) for segment in segments)
    return bool(held > _FEW and deleted / held > WORN)
