"""The catalog: documents, chains, places, record keys, settings and moments, answered from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.catalog import CATALOG, Catalog
from archive.errors import NotFound
from archive.following import Following
from archive.model import Actor
from archive.settings import House
from archive.store import Store, create

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Draft = tuple[str, Mapping[str, Any]]


class Kept:
    """A store to write to, and the catalog that follows it."""

    def __init__(self, home: Path) -> None:
        self.store: Store = create(home, START)
        self.moment = START
        self.following = Following(CATALOG, self.store, home / "derived", lambda seq: House())
        self._catalog: Catalog | None = None

    def commit(self, *drafts: Draft, after: timedelta = timedelta(minutes=1)) -> int:
        self.moment += after
        with self.store.writing(0) as session:
            return session.commit(drafts, Actor("I. Quill"), self.moment)[-1].seq

    @property
    def catalog(self) -> Catalog:
        self.following.catch_up()
        folder = self.following.current()
        assert folder is not None
        self.close()
        self._catalog = Catalog(folder)
        return self._catalog

    def close(self) -> None:
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "home")
    yield kept
    kept.close()


def digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


def accession(number: int, content: str = "", source: str = "", **more: Any) -> Draft:
    body = {"number": f"D-{number:06d}", "digest": digest(content or str(number)), "size": 3, "name": f"{number}.txt"}
    body |= {"name_raw": f"{number}.txt", "source": source, "in_place": bool(source), "media_type": "text/plain"}
    return "accession", {**body, "modified": None, "parent": None, **more}


def reading(number: int, version_of: int | None = None, record: tuple[str, str] | None = None, **more: Any) -> Draft:
    body: dict[str, Any] = {"number": f"D-{number:06d}", "status": "stored", "reason": "", "media_type": "text/plain"}
    body |= {"tool": "test", "version": "1", "settings": {}, "pages": [], "text": None, "more": None, "title": None}
    body |= {"date": None, "parts": [], "problems": []}
    older = {"number": f"D-{version_of:06d}", "method": "path", "evidence": ""} if version_of else None
    kind = {"kind": record[0], "key": record[1]} if record else None
    return "reading", {**body, "version_of": older, "record": kind, **more}


def numbers(documents: Sequence[Any]) -> list[str]:
    return [each.number for each in documents]


def test_a_document_is_unread_until_its_reading(kept: Kept) -> None:
    kept.commit(accession(1))
    assert kept.catalog.document("D-000001").status == "unread"
    assert numbers(kept.catalog.unread()) == ["D-000001"]
    kept.commit(reading(1, title={"value": "A title", "source": "embedded"}))
    catalog = kept.catalog
    assert (catalog.document("D-000001").status, catalog.document("D-000001").title) == ("stored", "A title")
    assert catalog.unread() == []
    assert catalog.counts() == {"stored": 1}


def test_what_is_not_on_file_is_said(kept: Kept) -> None:
    kept.commit(accession(1))
    with pytest.raises(NotFound, match="D-000009"):
        kept.catalog.document("D-000009")
    assert kept.catalog.find("D-000009") is None


def test_numbers_go_on_where_they_stand(kept: Kept) -> None:
    kept.commit(("settings", {"house": {}}))
    assert kept.catalog.next_number() == 1
    kept.commit(accession(1), accession(2))
    assert kept.catalog.next_number() == 3


def test_the_same_bytes_are_known_by_their_first_document(kept: Kept) -> None:
    kept.commit(accession(1, "same", "/a"), accession(2, "other", "/b"), accession(3, "same", "/b"))
    catalog = kept.catalog
    found = catalog.live(digest("same"))
    assert found is not None
    assert found.number == "D-000001"
    assert catalog.live(digest("none")) is None
    assert catalog.is_known_source(digest("same"), "/b")
    assert not catalog.is_known_source(digest("other"), "/a")


def test_a_place_remembers_what_lay_there_last(kept: Kept) -> None:
    first = kept.commit(accession(1, "one", "/a"))
    kept.commit(accession(2, "two", "/a"))
    catalog = kept.catalog
    at, before = catalog.at_source("/a"), catalog.before_at_source("/a", first + 1)
    assert at is not None
    assert before is not None
    assert (at.number, before.number) == ("D-000002", "D-000001")
    assert catalog.before_at_source("/a", first) is None


def test_a_chain_of_versions_is_read_from_any_member(kept: Kept) -> None:
    kept.commit(*(accession(at) for at in range(1, 4)))
    kept.commit(reading(1), reading(2, 1), reading(3, 2))
    for number in ("D-000001", "D-000002", "D-000003"):
        assert numbers(kept.catalog.chain(number)) == ["D-000001", "D-000002", "D-000003"]


def test_a_new_reading_may_take_a_version_back(kept: Kept) -> None:
    kept.commit(accession(1), accession(2), reading(1), reading(2, 1))
    kept.commit(reading(2))
    catalog = kept.catalog
    assert catalog.document("D-000001").newer is None
    assert numbers(catalog.chain("D-000002")) == ["D-000002"]


@pytest.mark.parametrize("pairs", [[(1, 2), (2, 1)], [(2, 2)], [(1, 3), (2, 1), (3, 2)]])
def test_versions_stated_in_a_ring_end_nobody_s_patience(kept: Kept, pairs: list[tuple[int, int]]) -> None:
    kept.commit(*(accession(at) for at in range(1, 4)))
    kept.commit(*(reading(number, older) for number, older in pairs))
    for number in ("D-000001", "D-000002", "D-000003"):
        found = numbers(kept.catalog.chain(number))
        assert number in found
        assert len(found) == len(set(found))


def test_two_later_versions_of_one_document_both_know_where_they_come_from(kept: Kept) -> None:
    kept.commit(*(accession(at) for at in range(1, 4)))
    kept.commit(reading(1), reading(2, 1), reading(3, 1))
    catalog = kept.catalog
    assert catalog.document("D-000001").newer == "D-000003"
    assert catalog.chain("D-000002")[0].number == "D-000001"


def test_a_record_is_known_by_its_key_in_its_newest_version(kept: Kept) -> None:
    seq = kept.commit(accession(1))
    kept.commit(accession(2))
    kept.commit(reading(1, record=("decision", "DEC-2024-0001")), reading(2, 1, record=("decision", "dec-2024-0001")))
    catalog = kept.catalog
    found = catalog.record("DEC-2024-0001")
    assert found is not None
    assert found.document == "D-000002"
    then = catalog.record("DEC-2024-0001", upto=seq)
    assert then is not None
    assert then.document == "D-000001"
    assert [each.document for each in catalog.records("decision")] == ["D-000002"]


def test_a_document_set_aside_is_no_record_any_more(kept: Kept) -> None:
    kept.commit(accession(1), reading(1, record=("decision", "DEC-2024-0001")))
    kept.commit(("statement", {"says": "set aside", "number": "D-000001", "why": "dropped by mistake"}))
    catalog = kept.catalog
    assert catalog.record("DEC-2024-0001") is None
    assert catalog.document("D-000001").set_aside
    assert [each.says for each in catalog.statements()] == ["set aside"]


def test_occurrences_are_listed_in_order(kept: Kept) -> None:
    met = {"name": "copy.txt", "name_raw": "copy.txt", "in_place": True, "parent": None, "number": "D-000001"}
    kept.commit(accession(1, "same", "/a"))
    kept.commit(("occurrence", {**met, "source": "/b"}), ("occurrence", {**met, "source": "/c"}))
    assert [source for _, source in kept.catalog.occurrences("D-000001")] == ["/b", "/c"]
    assert kept.catalog.entries_of("D-000001") == [1, 2, 3]


def test_house_settings_are_those_in_force_at_an_entry(kept: Kept) -> None:
    kept.commit(("settings", {"house": {"name": "old"}}))
    kept.commit(accession(1))
    kept.commit(("settings", {"house": {"name": "new"}}))
    catalog = kept.catalog
    assert (catalog.house().name, catalog.house(2).name, catalog.house(0).name) == ("new", "old", "")


def test_a_name_is_found_whatever_its_capitals(kept: Kept) -> None:
    kept.commit(accession(1, name="Letter.PDF"), accession(2, name="letter.pdf"))
    assert numbers(kept.catalog.by_name("LETTER.pdf")) == ["D-000002", "D-000001"]


def test_a_digest_is_found_by_its_beginning(kept: Kept) -> None:
    kept.commit(accession(1, "one"), accession(2, "two"))
    assert numbers(kept.catalog.by_digest(digest("one")[:8])) == ["D-000001"]
    assert numbers(kept.catalog.by_digest(digest("two"))) == ["D-000002"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=8), st.integers(-8, 30))
def test_the_last_entry_before_a_moment_is_by_the_highest_time_so_far(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], end: int
) -> None:
    """`seq_before` = the last line whose running maximum of time is before the end (DESIGN §4)."""
    kept = Kept(tmp_path_factory.mktemp("moments") / "home")
    highest, expected, high = [], 0, START
    for at, step in enumerate(steps, 1):
        kept.commit(accession(at), after=timedelta(minutes=step))
        high = max(high, kept.moment) if at > 1 else kept.moment
        highest.append(high)
    moment = START + timedelta(minutes=end)
    for seq, high in enumerate(highest, 1):
        if high < moment:
            expected = seq
    assert kept.catalog.seq_before(moment) == expected
    kept.close()
