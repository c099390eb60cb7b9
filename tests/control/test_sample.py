"""The sample's two changes stand where its README says."""

from __future__ import annotations

from datetime import date

import pytest

from archive.control import ChangeStatus, in_force, status_of
from tests.control.desk_of_papers import Papers, file_later, sample

FLOW, STRAINER = "ECR-2024-0017", "ECR-2024-0023"


@pytest.fixture(scope="module")
def before() -> Papers:
    return sample(later=False)


@pytest.fixture(scope="module")
def after() -> Papers:
    return sample(later=True)


def found(status: ChangeStatus) -> list[str]:
    return [each.finding for each in status.findings]


def test_before_the_mail_is_found_the_change_is_communicated_and_was_made_without_authorisation(before: Papers) -> None:
    status = status_of(before, FLOW)
    assert status.state == "communicated"
    assert found(status) == ["incorporated_without_authorisation"]
    assert (status.waiting_for, status.waiting_on) == ("a signed authorisation", "Bertram Quast")
    assert status.days == (date(2024, 12, 2) - date(2024, 4, 26)).days


def test_with_the_mail_the_change_is_incorporated_eight_days_too_early_and_waits_for_the_reply(after: Papers) -> None:
    status = status_of(after, FLOW)
    assert status.state == "incorporated"
    assert found(status) == ["incorporated_before_authorised", "closure_not_told"]
    assert "8 days before it was authorised" in status.findings[0].fix
    assert status.waiting_for == "Jorin Talmann to be told that it is incorporated"


def test_a_rejected_request_whose_requester_was_not_told_stays_decided(after: Papers) -> None:
    status = status_of(after, STRAINER)
    assert (status.state, status.outcome) == ("decided", "rejected")
    assert found(status) == ["requester_not_told"]
    assert status.waiting_for == "Frauke Ellernbrook to be told: rejected"


def test_the_mail_is_evidence_of_the_authorisation_beside_the_record_that_cites_it(after: Papers) -> None:
    step = status_of(after, FLOW).steps[3]
    record, mail = step.evidence
    assert record.document == after.names["authorisation rated flow.md"]
    assert "authorised_by: Bertram Quast" in record.words
    assert mail.document == after.names["Re_ rated flow - your signature.eml"]
    assert mail.words == "DEC-2024-0014, stands: ECR-2024-0017 is approved."


def test_every_step_that_is_done_has_a_day_a_name_and_evidence(after: Papers) -> None:
    for key in (FLOW, STRAINER):
        for step in status_of(after, key).steps:
            assert step.done is (step.missing == "")
            assert not step.done or (step.date and step.by and step.evidence)


def test_what_was_known_before_the_authorisation_was_filed_gives_the_state_of_that_time() -> None:
    papers = sample(later=False)
    last = max(each.known for each in papers.filed)
    file_later(papers)
    assert status_of(papers, FLOW).state == "incorporated"
    assert status_of(papers.seen(upto=last), FLOW).state == "communicated"


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2024, 4, 7), "incomplete"),
        (date(2024, 4, 8), "received"),
        (date(2024, 4, 23), "decided"),
        (date(2024, 4, 26), "communicated"),
        (date(2024, 5, 13), "communicated"),
        (date(2024, 5, 14), "incorporated"),
    ],
)
def test_a_day_looked_back_at_knows_nothing_of_later_papers(after: Papers, day: date, state: str) -> None:
    assert status_of(after.seen(as_of=day), FLOW).state == state


def test_the_revision_in_force_is_the_released_one_from_its_day_on(after: Papers) -> None:
    after.keep("Specification feed pump 2022.pdf again")
    assert in_force(after, "SPC-1001-02", date(2024, 5, 6)).words == "rev C, in force since 2024-05-06"
    assert in_force(after, "SPC-1001-02", date(2024, 5, 5)).rev is None
