"""When a step of a change counts, and what is said when it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from archive.control import ChangeStatus, status_of
from archive.errors import NotFound
from archive.model import Finding
from tests.control.desk_of_papers import Papers

KEY, ITEM = "ECR-2024-0001", "SPC-2000-01"

DECISION: dict[str, Any] = {
    "of": KEY,
    "outcome": "approved",
    "decided_by": ["Odo Plaice"],
    "decided_on": "2024-03-05",
    "reason": "it leaks",
}
LETTER: dict[str, Any] = {
    "from_": "Odo Plaice",
    "to": ["Tilda Moorhen"],
    "sent_on": "2024-03-06",
    "about": [KEY],
    "conveys": ["DEC-2024-0001"],
}
SIGNATURE: dict[str, Any] = {
    "of": KEY,
    "authorised_by": "Runa Wicke",
    "signed_on": "2024-03-07",
    "scope": "rev B, 900.00 EUR once",
    "meaning": "approval",
}
REVISION: dict[str, Any] = {
    "of": ITEM,
    "rev": "B",
    "released_on": "2024-03-10",
    "released_by": "Odo Plaice",
    "implements": [KEY],
    "supersedes": f"{ITEM} rev A",
    "files": ["b.pdf"],
}
CLOSING: dict[str, Any] = {"from_": "Odo Plaice", "to": ["Tilda Moorhen"], "sent_on": "2024-03-11", "about": [KEY]}


def request(papers: Papers, **other: object) -> None:
    fields: dict[str, Any] = {
        "requester": "Tilda Moorhen",
        "requested_on": "2024-03-01",
        "description": "Thicker wall",
        "track": "fast",
        "owner": "Pia Sedge",
        "affects": [{"item": ITEM, "rev_now": "A", "action": "revise"}],
    }
    papers.add("change_request", KEY, **fields | other)


def authorities(papers: Papers, *, limit: str = "1000.00 EUR") -> None:
    papers.add("authority", person="Odo Plaice", role="product_manager", from_="2020-01-01")
    papers.add("authority", person="Runa Wicke", role="technical_director", limit=limit, from_="2020-01-01")


def made(**changed: dict[str, Any] | None) -> Papers:
    """All papers of a closed change; those named are changed, or left out with None."""
    papers = Papers(today=date(2024, 4, 1))
    authorities(papers)
    request(papers)
    papers.add("revision", of=ITEM, rev="A", released_on="2023-01-01", released_by="Odo Plaice", files=["a.pdf"])
    kinds = [
        ("decision", "DEC-2024-0001", "decision", DECISION),
        ("letter", "COM-2024-0001", "communication", LETTER),
        ("signature", "AUT-2024-0001", "authorisation", SIGNATURE),
        ("revision", "", "revision", REVISION),
        ("closing", "COM-2024-0002", "communication", CLOSING),
    ]
    for name, key, kind, fields in kinds:
        other = changed.get(name, {})
        if other is not None:
            papers.add(kind, key, **fields | other)
    return papers


def status(papers: Papers) -> ChangeStatus:
    return status_of(papers, KEY)


def found(papers: Papers, slug: str) -> Finding:
    (finding,) = [each for each in status(papers).findings if each.finding == slug]
    assert finding.place.startswith(KEY)
    return finding


def missing(papers: Papers, step: str) -> str:
    return next(each.missing for each in status(papers).steps if each.step == step)


def test_a_change_with_all_papers_is_closed_waits_for_nothing_and_has_no_finding() -> None:
    answer = status(made())
    assert (answer.state, answer.waiting_for, answer.days, answer.note) == ("closed", "", None, "")
    assert answer.findings == ()
    assert all(step.in_order for step in answer.steps)


@pytest.mark.parametrize(
    ("left_out", "state", "waits_for", "waits_on"),
    [
        ("decision", "received", "a decision", "Odo Plaice"),
        ("letter", "decided", "Tilda Moorhen to be told: approved", "Pia Sedge"),
        ("signature", "communicated", "a signed authorisation", "Runa Wicke"),
        ("revision", "authorised", "the new state of every affected item", "Pia Sedge"),
        ("closing", "incorporated", "Tilda Moorhen to be told that it is incorporated", "Pia Sedge"),
    ],
)
def test_a_step_left_out_holds_the_state_below_it(left_out: str, state: str, waits_for: str, waits_on: str) -> None:
    answer = status(made(**{left_out: None}))
    assert answer.state == state
    assert answer.waiting_for.startswith(waits_for)
    assert answer.waiting_on == waits_on
    assert answer.days is not None


class TestDecided:
    def test_not_by_somebody_without_authority_where_authorities_are_on_file(self) -> None:
        papers = made(decision={"decided_by": ["Kay Rudd"]})
        assert status(papers).state == "received"
        assert "Kay Rudd held no authority on 2024-03-05" in missing(papers, "decided")
        assert found(papers, "authority_missing").severity == "warning"

    def test_by_anybody_with_a_finding_where_no_authority_had_begun(self) -> None:
        papers = made(decision={"decided_on": "2019-12-31"}, letter={"sent_on": "2019-12-31"})
        assert status(papers).steps[1].done
        assert "no authority on file begins by 2019-12-31" in found(papers, "authority_missing").fix
        assert found(papers, "decided_before_requested").severity == "error"

    def test_not_by_an_authority_that_had_ended(self) -> None:
        papers = made(decision={"decided_by": ["Kay Rudd"]})
        papers.add("authority", person="Kay Rudd", role="product_manager", from_="2020-01-01", to="2024-03-04")
        assert status(papers).state == "received"

    @pytest.mark.parametrize("lacking", ["reason", "outcome", "decided_on"])
    def test_not_without_its_reason_outcome_or_day(self, lacking: str) -> None:
        assert status(made(decision={lacking: ""})).state == "received"

    def test_a_full_track_says_what_was_not_assessed_and_that_six_steps_are_looked_at(self) -> None:
        papers = made()
        request(papers, track="", requested_on="2024-03-01")
        answer = status(papers)
        assert answer.track == "full"
        assert "six steps" in answer.note
        assert "relevance, risks, benefits, costs" in found(papers, "decided_without_assessment").fix
        papers.add(
            "assessment", "ASM-2024-0001", of=KEY, assessor="Odo Plaice", assessed_on="2024-03-02", relevance="all"
        )
        assert "without risks, benefits, costs" in found(papers, "decided_without_assessment").fix
        assert found(papers, "assessor_is_decider").severity == "error"


class TestCommunicated:
    @pytest.mark.parametrize(
        "changed", [{"to": ["Kay Rudd"]}, {"conveys": []}, {"sent_on": "2024-03-04"}, {"conveys": ["DEC-2024-0009"]}]
    )
    def test_only_by_a_letter_to_the_requester_that_conveys_that_decision_from_its_day_on(
        self, changed: dict[str, Any]
    ) -> None:
        papers = made(letter=changed, closing=None)
        assert status(papers).state == "decided"
        assert found(papers, "requester_not_told").severity == "warning"

    def test_a_letter_older_than_what_it_conveys_is_an_impossible_order(self) -> None:
        assert found(made(letter={"sent_on": "2024-03-04"}), "impossible_order").severity == "error"

    def test_persons_are_the_same_by_party_whatever_their_spelling(self) -> None:
        papers = made(letter={"to": ["T. Moorhen <tilda@moor.example>"]})
        assert status(papers).state == "decided"
        papers.add("party", name="Tilda Moorhen", sort="person", aliases=["TILDA@moor.example"])
        assert status(papers).state == "closed"

    def test_later_than_the_house_allows_is_a_finding(self) -> None:
        papers = made(letter={"sent_on": "2024-03-16"}, closing={"sent_on": "2024-03-20"})
        assert status(papers).state == "closed"
        assert "after 11 days" in found(papers, "requester_told_late").fix

    @pytest.mark.parametrize("outcome", ["rejected", "deferred"])
    def test_a_refusal_is_a_side_exit_only_once_it_was_told(self, outcome: str) -> None:
        assert status(made(decision={"outcome": outcome})).state == outcome
        assert status(made(decision={"outcome": outcome}, letter=None)).state == "decided"

    def test_an_unfinished_decision_waits_for_the_requester(self) -> None:
        answer = status(made(decision={"outcome": "more_information_needed"}))
        assert (answer.state, answer.waiting_on) == ("communicated", "Tilda Moorhen")


class TestAuthorised:
    def test_not_by_the_requester(self) -> None:
        papers = made(signature={"authorised_by": "tilda  moorhen"})
        papers.add("authority", person="Tilda Moorhen", role="director", from_="2020-01-01")
        assert status(papers).state == "communicated"
        assert found(papers, "authoriser_is_requester").severity == "error"

    def test_not_by_somebody_without_authority(self) -> None:
        papers = made(signature={"authorised_by": "Kay Rudd"})
        assert status(papers).state == "communicated"
        assert "Kay Rudd held no authority" in found(papers, "authority_missing").fix
        assert "no party on file" in found(papers, "signer_unresolved").fix

    def test_not_by_two_files_of_one_number_that_disagree(self) -> None:
        papers = made()
        papers.add("authorisation", "AUT-2024-0001", **SIGNATURE | {"signed_on": "2024-03-08"})
        assert "bear one number and disagree" in missing(papers, "authorised")
        assert found(papers, "record_conflict").place == f"{KEY}: AUT-2024-0001"

    def test_not_above_the_limit_of_the_signer(self) -> None:
        papers = made(signature={"scope": "rev B, 1,000.01 EUR once"})
        assert status(papers).state == "communicated"
        assert "1000.01 EUR is above the limit of Runa Wicke" in found(papers, "authority_exceeded").fix

    def test_the_costs_of_the_assessment_count_against_the_limit(self) -> None:
        papers = made()
        costs = [{"one_off": "600.00 EUR"}, {"one_off": "600.00 EUR"}]
        papers.add("assessment", "ASM-2024-0001", of=KEY, assessor="Kay Rudd", assessed_on="2024-03-02", costs=costs)
        assert "1200.00 EUR is above" in found(papers, "authority_exceeded").fix

    def test_a_sum_in_another_currency_is_covered_by_no_limit(self) -> None:
        papers = made(signature={"scope": "rev B, 10.00 USD"})
        assert status(papers).state == "communicated"
        assert "cannot be held against" in found(papers, "authority_missing").fix

    def test_not_while_a_critical_risk_is_not_acknowledged(self) -> None:
        papers = made()
        risks = [{"risk": "it bursts", "severity": "Critical"}]
        papers.add("assessment", "ASM-2024-0001", of=KEY, assessor="Kay Rudd", assessed_on="2024-03-02", risks=risks)
        assert missing(papers, "authorised") == "critical risk not acknowledged: it bursts"

    def test_a_signature_older_than_the_approval_is_an_impossible_order(self) -> None:
        assert "signed on 2024-03-02" in found(made(signature={"signed_on": "2024-03-02"}), "impossible_order").fix

    def test_a_signature_given_before_a_rejection_does_not_outlive_it(self) -> None:
        papers = made(closing=None)
        papers.add("decision", "DEC-2024-0002", **DECISION | {"outcome": "rejected", "decided_on": "2024-03-12"})
        papers.add("decision", "DEC-2024-0003", **DECISION | {"decided_on": "2024-03-14"})
        papers.add("communication", "COM-2024-0005", **LETTER | {"sent_on": "2024-03-15", "conveys": ["DEC-2024-0003"]})
        assert status(papers).state == "communicated"


class TestIncorporated:
    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"supersedes": ""}, "does not say that it supersedes rev A"),
            ({"implements": []}, f"does not say that it implements {KEY}"),
            ({"released_on": ""}, f"{ITEM} rev B is on file, release not proven"),
        ],
    )
    def test_only_by_a_released_revision_that_supersedes_the_old_one_and_names_the_change(
        self, changed: dict[str, Any], words: str
    ) -> None:
        papers = made(revision=changed)
        assert status(papers).state == "authorised"
        assert words in missing(papers, "incorporated")
        assert found(papers, "item_not_revised").severity == "warning"

    def test_a_revision_without_release_is_named_with_the_command_that_states_it(self) -> None:
        finding = found(made(revision={"released_on": ""}), "release_not_proven")
        assert finding.severity == "note"
        assert f"archive release {ITEM} rev B" in finding.fix

    def test_a_revision_after_the_next_supersedes_the_old_one_too(self) -> None:
        papers = made(revision={"implements": []})
        papers.add("revision", **REVISION | {"rev": "C", "supersedes": f"{ITEM} rev B", "released_on": "2024-03-11"})
        answer = status(papers)
        assert answer.state == "closed"
        assert found(papers, "revision_without_change").place == f"{KEY}: {ITEM} rev B"

    def test_a_claim_without_a_new_state_is_an_error(self) -> None:
        papers = made(revision=None)
        papers.add("incorporation", "INC-2024-0001", of=KEY, item=ITEM, done_by="Kay Rudd", done_on="2024-03-10")
        assert status(papers).state == "authorised"
        assert found(papers, "item_not_revised").severity == "error"

    def test_no_change_needed_counts_with_a_name_and_a_reason(self) -> None:
        fields = {"of": KEY, "item": ITEM, "done_by": "Kay Rudd", "done_on": "2024-03-10", "no_change_needed": "yes"}
        papers = made(revision=None)
        papers.add("incorporation", "INC-2024-0001", **fields)
        assert status(papers).state == "authorised"
        papers.add("incorporation", "INC-2024-0001", **fields, reason="the wall was thick")
        assert status(papers).state == "closed"

    def test_no_affected_item_is_no_incorporation(self) -> None:
        papers = made()
        request(papers, affects=[])
        assert status(papers).state == "authorised"
        assert missing(papers, "incorporated") == "the request names no affected item"
        assert f"does not list {ITEM}" in found(papers, "affected_list_differs").fix

    def test_a_new_document_counts_with_its_first_release_and_an_old_one_with_its_end(self) -> None:
        papers = made()
        rows = [{"item": "SPC-2000-02", "action": "add"}, {"item": ITEM, "action": "obsolete"}]
        request(papers, affects=rows)
        assert "no revision of SPC-2000-02 is released" in missing(papers, "incorporated")
        assert "bears no day on which it ends" in missing(papers, "incorporated")
        papers.add("revision", **REVISION | {"effective_to": "2024-03-10"})
        papers.add("revision", of="SPC-2000-02", rev="A", released_on="2024-03-09", released_by="Odo Plaice", files=[])
        assert status(papers).state == "closed"

    def test_what_was_released_before_the_request_is_no_first_release_for_it(self) -> None:
        papers = made()
        request(papers, affects=[{"item": "SPC-2000-02", "action": "release"}])
        papers.add("revision", of="SPC-2000-02", rev="A", released_on="2024-02-29", released_by="Odo Plaice", files=[])
        assert "before the change was asked for" in missing(papers, "incorporated")

    def test_an_authorisation_that_ran_out_before_covers_nothing(self) -> None:
        papers = made(signature={"valid_to": "2024-03-09"})
        assert status(papers).state == "authorised"
        assert "ran out on 2024-03-09" in found(papers, "incorporated_without_authorisation").fix

    def test_an_emergency_change_may_come_first_but_its_papers_fall_due(self) -> None:
        papers = made(revision={"released_on": "2024-03-03"}, signature={"signed_on": "2024-03-08"})
        request(papers, track="emergency")
        slugs = [each.finding for each in status(papers).findings]
        assert "emergency_overdue" not in slugs
        assert not [slug for slug in slugs if slug.startswith("incorporated_")]
        papers = made(revision={"released_on": "2024-03-03"}, signature={"signed_on": "2024-03-09"})
        request(papers, track="emergency")
        assert found(papers, "emergency_overdue").fix.startswith(
            "changed on 2024-03-03, due by 2024-03-08: authorisation"
        )

    def test_two_revisions_that_begin_on_one_day_and_know_nothing_of_each_other_are_an_error(self) -> None:
        papers = made()
        papers.add("revision", **REVISION | {"rev": "C"})
        assert found(papers, "two_current_revisions").severity == "error"


class TestClosed:
    @pytest.mark.parametrize(
        "changed",
        [{"sent_on": "2024-03-09"}, {"to": ["Kay Rudd"]}, {"about": [ITEM]}, {"conveys": ["DEC-2024-0001"]}],
    )
    def test_only_by_a_letter_to_the_requester_that_tells_of_the_end(self, changed: dict[str, Any]) -> None:
        papers = made(closing=changed)
        assert status(papers).state == "incorporated"
        assert found(papers, "closure_not_told").severity == "warning"

    def test_also_by_one_that_conveys_the_incorporation(self) -> None:
        papers = made(closing={"about": [ITEM], "conveys": ["INC-2024-0001"]})
        papers.add("incorporation", "INC-2024-0001", of=KEY, item=ITEM, done_by="Kay Rudd", done_on="2024-03-10")
        assert status(papers).state == "closed"


class TestOnFile:
    def test_a_change_that_is_only_cited_is_known_with_nothing_on_file(self) -> None:
        papers = made()
        papers.keep("letter.pdf", "ECR-2024-0002")
        answer = status_of(papers, "ECR-2024-0002")
        assert (answer.state, answer.findings) == ("known, nothing on file", ())

    def test_papers_without_their_request_are_an_error(self) -> None:
        papers = Papers()
        papers.add("decision", "DEC-2024-0001", **DECISION)
        assert status(papers).state == "request not on file"
        assert found(papers, "request_not_on_file").severity == "error"

    def test_an_unknown_key_is_refused_with_the_nearest_one(self) -> None:
        with pytest.raises(NotFound, match=f"did you mean {KEY}"):
            status_of(made(), "ECR-2024-0007")
        with pytest.raises(NotFound, match="no change request but a controlled document"):
            status_of(made(), ITEM)

    def test_a_request_that_says_too_little_is_incomplete(self) -> None:
        papers = Papers()
        request(papers, description="", requested_on="32 March")
        answer = status(papers)
        assert answer.state == "incomplete"
        assert answer.waiting_for == "a complete request: the request states no description and no date"

    def test_a_paper_that_rests_on_a_file_nobody_has_is_an_error(self) -> None:
        papers = made(signature={"source": "signed.pdf"})
        assert "signed.pdf, which is not on file" in found(papers, "evidence_not_found").fix
        papers.keep("signed.pdf")
        assert status(papers).findings == ()

    def test_two_requests_of_one_number_that_disagree_count_as_none(self) -> None:
        papers = made()
        request(papers, requester="Kay Rudd")
        assert status(papers).state == "incomplete"
        assert found(papers, "record_conflict").severity == "error"
