"""The view over a real catalog and real cross-references gives what the pure functions need."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.control import changes, findings, in_force, release_draft, status_of
from archive.errors import Invalid, NotFound, Refused
from archive.model import Evidence
from tests.control.filed import MAIL, Filed, file_inbox, file_later

FLOW, STRAINER = "ECR-2024-0017", "ECR-2024-0023"
SPEC = "SPC-1001-02"
REV_B = "Specification feed pump 2022.pdf"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Filed:
    filed = Filed(tmp_path_factory.mktemp("filed"))
    file_inbox(filed)
    file_later(filed)
    return filed


@pytest.fixture
def fresh(tmp_path: Path) -> Filed:
    filed = Filed(tmp_path)
    file_inbox(filed)
    return filed


def test_the_sample_stands_where_its_readme_says_before_and_after_the_mail(fresh: Filed) -> None:
    before = status_of(fresh.view(), FLOW)
    assert before.state == "communicated"
    assert [each.finding for each in before.findings] == ["incorporated_without_authorisation"]
    last = len(fresh.log)
    file_later(fresh)
    after = status_of(fresh.view(), FLOW)
    assert after.state == "incorporated"
    assert [each.finding for each in after.findings] == ["incorporated_before_authorised", "closure_not_told"]
    assert status_of(fresh.view(upto=last), FLOW) == before


def test_all_changes_are_found_and_checked_in_order_of_their_keys(filed: Filed) -> None:
    view = filed.view()
    assert changes(view) == [FLOW, STRAINER]
    assert [each.place.partition(":")[0] for each in findings(view)] == [FLOW, FLOW, STRAINER]


def test_the_mail_is_cited_with_its_own_words(filed: Filed) -> None:
    evidence = status_of(filed.view(), FLOW).steps[3].evidence
    mail = next(each for each in evidence if each.document == filed.numbers[MAIL])
    assert "ECR-2024-0017 is approved" in mail.words


def test_a_mail_is_found_by_number_name_and_subject_with_the_page_meant(filed: Filed) -> None:
    view, number = filed.view(), filed.numbers[MAIL]
    for text in (number, MAIL, "Re: W-2 rated flow - your signature"):
        assert view.originals(text) == [(number, 1)]
    assert view.originals(f"{number}#p2") == [(number, 2)]
    assert view.originals(f"{MAIL}, page 3") == [(number, 3)]
    assert view.originals("Re: W-2") == []
    taken = next(entry.seq for entry in filed.log if entry.body.get("name") == MAIL)
    assert filed.view(upto=taken).originals(MAIL) and not filed.view(upto=taken - 1).originals(MAIL)


def test_an_item_is_found_by_its_nickname_but_not_by_how_it_begins(filed: Filed) -> None:
    view = filed.view()
    assert view.named("Speisepumpe W-2") == "product:P-0002"
    assert view.named("Speisepumpe") == ""


def test_two_files_of_one_number_that_disagree_count_as_none(fresh: Filed) -> None:
    path = next(name for name in fresh.numbers if name.startswith("Änderungsantrag"))
    text = fresh.objects.read(fresh.log[2 * int(fresh.numbers[path][2:]) - 2].body["digest"]).decode()
    fresh.take("copy.md", text.replace("Frauke Ellernbrook", "Ruprecht Holm"))
    status = status_of(fresh.view(), STRAINER)
    assert status.state == "incomplete"
    assert "record_conflict" in [each.finding for each in status.findings]
    fresh.state("statement", {"says": "set aside", "number": fresh.numbers["copy.md"], "why": "a mistake"})
    assert status_of(fresh.view(), STRAINER).state == "decided"


def test_in_force_is_said_with_its_proof_and_without_one_in_so_many_words(filed: Filed) -> None:
    view = filed.view()
    now = in_force(view, SPEC, date(2024, 6, 1))
    assert (now.rev, now.since, now.by, now.proven) == ("C", date(2024, 5, 6), "Ansgar Pfeil", True)
    then = in_force(view, SPEC, date(2024, 5, 5))
    assert (then.rev, then.proven, then.words) == ("B", False, "latest on file: rev B, release not proven")
    assert then.evidence == (Evidence(filed.numbers[REV_B]),)


def test_a_release_that_is_stated_is_in_force_and_cannot_be_stated_again(fresh: Filed) -> None:
    proof = Evidence(fresh.numbers[REV_B], 1, "released")
    action, body = release_draft(fresh.view(), SPEC, "rev b", "Hedda Linnartz", date(2022, 9, 12), evidence=proof)
    assert body == {
        "says": "release",
        "item": f"controlled_document:{SPEC}",
        "rev": "B",
        "by": "Hedda Linnartz",
        "on": "2022-09-12",
        "evidence": {"document": proof.document, "page": 1, "words": "released"},
        "why": "",
    }
    fresh.state(action, body)
    assert in_force(fresh.view(), SPEC, date(2024, 5, 5)).words == "rev B, in force since 2022-09-12"
    assert in_force(fresh.view(), SPEC, date(2024, 5, 6)).rev == "C"
    with pytest.raises(Refused, match=f"by Hedda Linnartz on 2022-09-12, proven in {proof.document}"):
        release_draft(fresh.view(), SPEC, "B", "Ansgar Pfeil", date(2022, 9, 12))


def test_a_release_of_what_is_not_on_file_or_by_nobody_is_refused(filed: Filed) -> None:
    view, day = filed.view(), date(2024, 6, 1)
    with pytest.raises(NotFound, match="did you mean SPC-1001-02"):
        release_draft(view, "SPC-1001-03", "A", "Ansgar Pfeil", day)
    with pytest.raises(Refused, match="rev D is not on file"):
        release_draft(view, SPEC, "D", "Ansgar Pfeil", day)
    with pytest.raises(NotFound, match="the evidence, is not on file"):
        release_draft(view, SPEC, "B", "Ansgar Pfeil", day, evidence=Evidence("D-000999"))
    with pytest.raises(Invalid) as problem:
        release_draft(view, SPEC, "B", " ", date(2025, 1, 1))
    assert len(problem.value.problems) == 2


def test_a_revision_whose_record_says_it_ended_is_not_in_force(fresh: Filed) -> None:
    fresh.take(
        "ended.md",
        f"---\nkind: revision\nof: {SPEC}\nrev: D\nreleased_on: 2024-06-01\nreleased_by: Ansgar Pfeil\n"
        f"effective_to: 2024-08-31\nsupersedes: {SPEC} rev C\nfiles:\n  - d.pdf\n---\n",
    )
    view = fresh.view()
    assert in_force(view, SPEC, date(2024, 8, 31)).rev == "D"
    assert in_force(view, SPEC, date(2024, 9, 1)).words == "none in force: rev D, the last one, has ended"
