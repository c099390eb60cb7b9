"""What a lineage says: the answer, the chain with its gaps, dates beside dates, and that it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import NotFound
from archive.report import Lineage, as_html, as_json, as_text, pin
from archive.report.dating import stated
from archive.report.nouns import File
from archive.report.papers import Paper
from archive.report.wording import RULES, STEPS
from tests.report.case import FILED, Case, filed, revision_record, sample

CHANGE = "ECR-2024-0017"
REFUSED = "ECR-2024-0023"


def said(report: Lineage, about: str) -> str:
    """The text of the sentence that answers a question."""
    (sentence,) = [each for each in report.answer if each.about.startswith(about)]
    return sentence.text


def found(report: Lineage, rule: str) -> str:
    (gap,) = [each for each in report.gaps if each.rule == rule]
    return " ".join(gap.found)


def test_the_answer_names_who_decided_when_and_why(case: Case) -> None:
    report = case.report(CHANGE)
    assert said(report, "Who decided") == "Imke Fernwald decided on 2024-04-23 (DEC-2024-0014): approved."
    assert "no second source for the lip seal" in said(report, "On what grounds")
    assert "told Jorin Talmann on 2024-04-26" in said(report, "Was the requester told")


def test_authorisation_stands_beside_incorporation_with_three_dates_each(case: Case) -> None:
    (row,) = case.report(CHANGE).comparisons
    assert row.authorisation is not None
    assert row.incorporation is not None
    signed, made = row.authorisation, row.incorporation
    assert (str(signed.written), str(signed.evidenced), str(signed.recorded)[:10]) == (
        "2024-05-14",
        "2024-05-14",
        "2024-06-17",
    )
    assert signed.evidenced_by.startswith("mail header of D-")
    assert (str(made.written), made.evidenced, str(made.recorded)[:10]) == ("2024-05-06", None, "2024-05-07")
    assert (row.verdict, row.days) == ("after", 8)


def test_the_verdict_follows_the_dates_and_believes_no_signature_against_its_own_mail(tmp_path: Path) -> None:
    case = filed(tmp_path)

    def verdict(name: str, content: bytes) -> tuple[str, int | None, str]:
        case.file("2024-06-18T09:00", {name: content})
        (row,) = case.report(CHANGE).comparisons
        return row.verdict, row.days, row.words

    later = revision_record(released_on="2024-05-20", effective_from="2024-05-20")
    assert verdict("revision record.md", later)[:2] == ("before", -6)
    assert said(case.report(CHANGE), "Was it authorised before").startswith("Yes, before")
    same = verdict("revision record.md", revision_record(released_on="2024-05-14", effective_from="2024-05-14"))
    assert same[:2] == ("cannot be shown", 0)
    assert "order within the day" in same[2]
    verdict("revision record.md", revision_record())
    dated_back = sample("authorisation rated flow.md").replace(b"signed_on: 2024-05-14", b"signed_on: 2024-05-02")
    back = verdict("authorisation rated flow.md", dated_back)
    assert back[0] == "cannot be shown"
    assert "mail header" in back[2]
    case.archive.close()


def test_before_the_mail_is_found_the_authorisation_is_not_found(case: Case) -> None:
    at = next(entry.seq for entry in case.archive.store.entries(0) if entry.time.isoformat() > "2024-06") - 1
    report = case.report(CHANGE, at)
    assert {link.step for link in report.changes[0].links if not link.found} >= {"authorisation", "verification"}
    assert "NOT FOUND" in as_text(report)
    assert report.comparisons[0].verdict == "cannot be shown"
    assert "SPC-1001-02 rev C" in found(report, "incorporated_without_authorisation")


def test_every_step_is_in_the_chain_whether_found_or_not(case: Case) -> None:
    for key in (CHANGE, REFUSED):
        (chain,) = case.report(key).changes
        assert [link.step for link in chain.links] == list(STEPS)
        assert all(link.cites for link in chain.links if link.found)
        assert all(link.words for link in chain.links)


def test_who_was_never_told_is_said_so(case: Case) -> None:
    report = case.report(REFUSED)
    assert "tells Frauke Ellernbrook of DEC-2024-0015" in said(report, "Was the requester told")
    assert found(report, "requester_not_told")


def test_words_that_bear_on_an_unrecorded_step_are_leads_and_prove_nothing(case: Case) -> None:
    report = case.report(CHANGE)
    (costs,) = [link for link in report.changes[0].links if link.step == "costs"]
    assert not costs.found
    assert any("6400.00 EUR" in " ".join(report.row(cite).words) for cite in costs.leads)


def test_minutes_of_two_changes_are_quoted_with_the_words_of_the_one_asked_for(case: Case) -> None:
    for key, outcome, other in ((CHANGE, "approved by", "rejected by"), (REFUSED, "rejected by", "approved by")):
        words = " ".join(
            words for row in case.report(key).evidence for words in row.words if row.name.startswith("Min")
        )
        assert outcome in words
        assert other not in words


def test_every_rule_is_printed_with_its_result(case: Case) -> None:
    report = case.report(CHANGE)
    assert [gap.rule for gap in report.gaps][: len(RULES)] == list(RULES)
    for text in (as_text(report).replace("\n", " "), as_html(report)):
        assert "A cited document was destroyed lawfully" in text
    assert {gap.result for gap in report.gaps} == {"found", "none found", "not asked on the fast track"}


def test_rules_about_changes_are_not_said_to_be_clean_where_no_change_is_looked_at(case: Case) -> None:
    gaps = {gap.rule: gap.result for gap in case.report("D-000001").gaps}
    assert gaps["requester_not_told"] == "not asked, no change is part of this report"
    assert gaps["fixity_failure"] == "none found"


def test_what_was_recorded_long_after_its_day_is_marked(case: Case) -> None:
    report = case.report(CHANGE)
    late = {event.words: event.days_late for event in report.timeline if event.days_late}
    assert late["Bertram Quast signed for ECR-2024-0017 (AUT-2024-0011)"] == 34
    assert "34 days after 2024-05-14" in found(report, "recorded_late")


def test_what_came_with_the_first_papers_is_taken_over_and_not_late_one_by_one(case: Case) -> None:
    report = case.report(CHANGE)
    (old,) = [event for event in report.timeline if event.words.startswith("SPC-1001-02 rev B")]
    assert (old.taken_over, old.days_late) == (True, None)
    assert "taken over on 2024-04-09" in as_text(report)
    assert "1 paper was taken over on 2024-04-09" in found(report, "recorded_late")


def test_a_paper_has_the_date_that_its_own_words_state(case: Case) -> None:
    report = case.report("SPC-1001-02")
    for event in report.timeline:
        for rev, day in (("B", "2022-09-12"), ("C", "2024-05-06")):
            if event.words.startswith(f"SPC-1001-02 rev {rev},"):
                assert str(event.effective) == day
                quoted = " ".join(words for cite in event.cites for words in report.row(cite).words)
                assert f"Released {day} by" in quoted


def test_a_file_property_is_never_the_date_of_a_paper(case: Case) -> None:
    (event,) = [each for each in case.report(CHANGE).timeline if "Flow measurement" in each.words]
    assert (event.effective, str(event.file_date), event.days_late) == (None, "2024-05-06", None)
    assert "2024-05-06 (file property)" in as_text(case.report(CHANGE)).replace("\n", " ")


@pytest.mark.parametrize(
    ("page", "order", "day", "is_release"),
    [
        ("Spec\nPrepared 2022-08-29 by N\nReleased 2022-09-12 by N", "iso", "2022-09-12", True),
        ("Date 2022-01-02\nReleased on: 2022-09-12", "iso", "2022-09-12", True),
        ("Form 12\nDate | 2024-04-08", "iso", "2024-04-08", False),
        ("Brief\nDatum: 11. Juni 2024", "iso", "2024-06-11", False),
        ("Dated 11 June 2024", "iso", "2024-06-11", False),
        ("Datum 06.05.2024", "iso", "2024-05-06", False),
        ("Date 06/05/2024", "day-first", "2024-05-06", False),
        ("Date 06/05/2024", "month-first", "2024-06-05", False),
        ("Date 06/05/2024", "iso", None, False),
        ("Date 31.02.2024", "iso", None, False),
        ("Needed by 2024-05-06\nThe date 2024-01-01 is wrong", "iso", None, False),
        ("Date of 2024", "iso", None, False),
        ("\n" * 30 + "Date 2024-01-01", "iso", None, False),
    ],
)
def test_the_title_zone_states_a_date_by_a_word_before_it(
    case: Case, page: str, order: str, day: str | None, is_release: bool
) -> None:
    sheet = Paper(case.archive.catalog.document("D-000001"), (page,))
    said = stated(sheet, order)
    assert (str(said.day), said.is_release) == (day, is_release) if said else day is None


def test_a_release_that_is_not_proven_is_said_so_once_with_the_words_that_bear_on_it(case: Case) -> None:
    for key in (CHANGE, "SPC-1001-02"):
        report = case.report(key)
        row = next(each for each in report.revisions if each.rev == "B")
        assert row.released_on is None
        assert [report.row(cite).words for cite in row.leads] == [("Released 2022-09-12 by Hedda Linnartz",)]
        assert "SPC-1001-02 rev B: no record states its release" in found(report, "release_not_proven")
        assert "proves nothing by itself" in found(report, "release_not_proven")


def test_the_two_issues_are_compared_word_for_word(case: Case) -> None:
    pairs = {(each.old, each.new) for each in case.report(CHANGE).differences}
    assert any("40 l/min" in old and new == old.replace("40 l/min", "36 l/min") for old, new in pairs)


def test_an_item_has_its_revisions_and_every_change_that_touched_it(case: Case) -> None:
    report = case.report("SPC-1001-02")
    assert [row.rev for row in report.revisions] == ["B", "C"]
    assert [chain.key for chain in report.changes] == [CHANGE, REFUSED]
    assert "rev C, in force since 2024-05-06" in report.answer[0].text


def test_a_product_has_the_changes_that_concern_it(case: Case) -> None:
    assert [chain.key for chain in case.report("P-0002").changes] == [CHANGE, REFUSED]


def test_a_document_has_what_it_names(case: Case) -> None:
    (number,) = [row.number for row in case.report(CHANGE).annex if row.name.startswith("Re_")]
    report = case.report(number)
    assert report.cover.kind == "document"
    assert CHANGE in {citation.target for citation in report.citations}


def test_links_that_are_not_listed_are_counted(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any("more passages" in limit for limit in case.report(CHANGE).limits)
    monkeypatch.setattr("archive.report.making.MOST_CITATIONS", 2)
    report = case.report(CHANGE)
    assert len(report.citations) == 2
    assert any("more passages name it" in limit for limit in report.limits)


def test_an_unknown_key_is_not_found(case: Case) -> None:
    for key in ("ECR-2019-0001", "D-000999", "no such thing"):
        with pytest.raises(NotFound):
            case.report(key)


def test_the_same_question_at_the_same_pin_has_the_same_bytes_after_more_was_filed(tmp_path: Path) -> None:
    case = filed(tmp_path, upto=1)
    seen = []
    for when, papers in FILED[1:]:
        case.file(when, papers)
        at = case.archive.store.tail()
        case.now = case.now.replace(hour=12, day=20, month=6)
        seen += [(key, at, as_json(case.report(key, at))) for key in (CHANGE, REFUSED, "SPC-1001-02", "D-000001")]
    for key, at, before in seen:
        assert as_json(case.report(key, at)) == before, (key, at)


def test_the_pin_is_the_last_entry_that_says_something_of_papers(own: Case) -> None:
    tail = own.archive.store.tail()
    assert pin(own.archive.store, tail) == tail
    list(own.archive.verify(record=True))
    assert own.archive.store.tail() == tail + 1
    assert pin(own.archive.store, tail + 1) == tail


@pytest.fixture
def own(case: Case, tmp_path: Path) -> Iterator[Case]:
    """A copy of the dispute that a test may harm."""
    copied = case.copied(tmp_path)
    yield copied
    copied.archive.close()


def mail_of(case: Case) -> File:
    (mail,) = [row for row in case.report(CHANGE).annex if row.name.startswith("Re_")]
    return mail


def test_a_damaged_file_is_said_to_be_damaged_and_the_report_is_made_all_the_same(own: Case) -> None:
    mail = mail_of(own)
    path = own.archive.store.objects.path(mail.sha256)
    content = path.read_bytes().replace(b"my signature", b"MY SIGNATURE")
    path.chmod(0o644)
    path.write_bytes(content)
    report = own.report(CHANGE)
    assert report.integrity.equal == report.integrity.files - 1
    assert report.answer[0].about == "Are the files intact?"
    assert report.answer[0].text.startswith(f"{mail.number} {mail.name}: damaged")
    assert "NOT INTACT. " + mail.number in as_text(report)
    assert "NOT INTACT</span>" in as_html(report)
    assert mail.number in found(report, "fixity_failure")
    assert mail.number in " ".join(report.integrity.problems)


def test_a_missing_text_is_no_evidence_and_is_said_so(own: Case) -> None:
    mail = mail_of(own)
    text = own.archive.catalog.document(mail.number).text
    assert text is not None
    own.archive.store.objects.path(text).unlink()
    assert mail.number in found(own.report(CHANGE), "evidence_not_found")


def test_a_destroyed_paper_is_named_with_what_destroyed_it(own: Case) -> None:
    mail = mail_of(own)
    own.archive.dispose([mail.number], "DSP-2024-0001", "asked for by the person concerned")
    report = own.report(mail.number)
    assert "destroyed under DSP-2024-0001" in found(report, "destroyed")
    assert report.integrity.files == report.integrity.equal == 0
