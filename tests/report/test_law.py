"""The law: every step of a lineage has evidence that can be opened, and the quoted words stand on that page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from archive.archive import Archive
from archive.model import PAGE_BREAK, Actor
from tests.report.case import Case
from tests.running import Home


def pages(archive: Archive, number: str) -> list[str]:
    """The pages of a document as the store holds them, each as one line."""
    digest = archive.catalog.document(number).text
    text = archive.store.objects.read(digest).decode() if digest else ""
    return [" ".join(page.split()) for page in text.split(PAGE_BREAK)]


def check(archive: Archive, report: dict[str, Any]) -> None:
    for row in report["evidence"]:
        archive.store.objects.check(archive.catalog.document(row["document"]).digest)
        assert row["stands"], row
        for words in row["words"]:
            assert words in pages(archive, row["document"])[row["page"] - 1], row
    names = {row["id"] for row in report["evidence"]}
    cited = list(cites(report))
    assert set(cited) == names
    assert [row["id"] for row in report["evidence"]] == list(dict.fromkeys(cited))
    for link in (link for chain in report["changes"] for link in chain["links"]):
        assert link["cites"] or not link["found"], link
    assert {row["document"] for row in report["evidence"]} == {row["number"] for row in report["annex"]}


def cites(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from cites(each)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from inner if name in ("cites", "leads") else cites(inner)


@pytest.mark.parametrize(
    "key",
    ["ECR-2024-0017", "ECR-2024-0023", "SPC-1001-02", "SPC-1001-02 rev C", "02091-C-71", "P-0002", "DEC-2024-0014"],
)
def test_quoted_words_stand_on_their_page_in_the_sample_firm(firm: Home, key: str) -> None:
    ran = firm.run("lineage", key, "--json")
    assert ran.code == 0, ran.err
    archive = Archive(firm.path, Actor("I. Quill"))
    try:
        check(archive, json.loads(ran.out))
    finally:
        archive.close()


def test_quoted_words_of_every_document_of_the_dispute_stand_there(case: Case) -> None:
    from archive.report import as_json

    for document in case.archive.catalog.every():
        check(case.archive, json.loads(as_json(case.report(document.number))))
