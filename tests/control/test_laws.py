"""No sequence of papers reaches a state that they do not prove."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from archive.control import ChangeStatus, status_of
from archive.model import Record
from archive.records import as_date
from tests.control.desk_of_papers import Papers

KEY, ITEM = "ECR-2024-0001", "SPC-2000-01"
BEGIN = date(2024, 1, 1)
REQUESTER = "Tilda Moorhen"
PEOPLE = st.sampled_from([REQUESTER, "tilda  moorhen", "Odo Plaice", "Runa Wicke"])
DAYS = st.integers(0, 20).map(lambda days: (BEGIN + timedelta(days=days)).isoformat())
OUTCOMES = st.sampled_from(["approved", "approved", "approved_with_conditions", "rejected", "deferred", "perhaps"])


def is_requester(text: str) -> bool:
    return " ".join(text.split()).casefold() == REQUESTER.casefold()


def on(record: Record, name: str) -> date:
    found = as_date(record.text(name))
    assert found is not None
    return found


class FilingPapers(RuleBasedStateMachine):
    """Papers of one change come in any order, with any dates and names."""

    @initialize(track=st.sampled_from(["fast", "full", "emergency", ""]), authorities=st.booleans())
    def open(self, track: str, authorities: bool) -> None:
        self.papers = Papers(today=BEGIN + timedelta(days=15))
        self.count = 0
        self.papers.add(
            "change_request",
            KEY,
            requester=REQUESTER,
            requested_on=BEGIN.isoformat(),
            description="Thicker wall",
            track=track,
            affects=[{"item": ITEM, "rev_now": "A", "action": "revise"}],
        )
        self.papers.add(
            "revision", of=ITEM, rev="A", released_on="2023-01-01", released_by="Odo Plaice", files=["a.pdf"]
        )
        if authorities:
            self.papers.add("authority", person="Odo Plaice", role="product_manager", from_="2024-01-03")

    def number(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}-2024-{self.count:04}"

    @rule(outcome=OUTCOMES, by=PEOPLE, day=DAYS, reason=st.sampled_from(["it leaks", ""]))
    def decide(self, outcome: str, by: str, day: str, reason: str) -> None:
        self.papers.add(
            "decision", self.number("DEC"), of=KEY, outcome=outcome, decided_by=[by], decided_on=day, reason=reason
        )

    @rule(by=PEOPLE, day=DAYS)
    def sign(self, by: str, day: str) -> None:
        self.papers.add("authorisation", self.number("AUT"), of=KEY, authorised_by=by, signed_on=day, scope="all of it")

    @rule(to=PEOPLE, day=DAYS, which=st.integers(0, 3), conveys=st.booleans())
    def write(self, to: str, day: str, which: int, conveys: bool) -> None:
        decisions = self.papers.records("decision")
        told = [decisions[which % len(decisions)].key] if conveys and decisions else []
        self.papers.add(
            "communication", self.number("COM"), to=[to], from_="Odo Plaice", sent_on=day, about=[KEY], conveys=told
        )

    @rule(day=DAYS, implements=st.booleans(), supersedes=st.booleans())
    def issue(self, day: str, implements: bool, supersedes: bool) -> None:
        self.papers.add(
            "revision",
            of=ITEM,
            rev="B",
            released_on=day,
            released_by="Runa Wicke",
            implements=[KEY] if implements else [],
            supersedes=f"{ITEM} rev A" if supersedes else "",
            files=["b.pdf"],
        )

    @rule(day=DAYS)
    def claim(self, day: str) -> None:
        self.papers.add("incorporation", self.number("INC"), of=KEY, item=ITEM, done_by="Runa Wicke", done_on=day)

    @invariant()
    def the_state_is_proven(self) -> None:
        status = status_of(self.papers, KEY)
        steps = [step.step for step in status.steps if step.in_order]
        assert steps == [step.step for step in status.steps][: len(steps)]
        if status.state in ("communicated", "authorised", "incorporated", "closed", "rejected", "deferred"):
            self.requester_was_told()
        if status.state in ("authorised", "incorporated", "closed"):
            self.somebody_else_signed()
        if status.state in ("incorporated", "closed"):
            self.the_item_is_in_its_new_state(status)
        if status.state == "closed":
            self.requester_was_told_of_the_end(status)

    def requester_was_told(self) -> None:
        assert any(
            is_requester(letter.many("to")[0])
            and letter.many("conveys") == (decision.key,)
            and on(decision, "decided_on") <= on(letter, "sent_on") <= self.papers.today
            for letter in self.papers.records("communication")
            for decision in self.papers.records("decision")
        )

    def somebody_else_signed(self) -> None:
        assert any(
            not is_requester(each.text("authorised_by")) and on(each, "signed_on") <= self.papers.today
            for each in self.papers.records("authorisation")
        )
        outcomes = {each.text("outcome") for each in self.papers.records("decision") if each.text("reason")}
        assert outcomes & {"approved", "approved_with_conditions"}

    def the_item_is_in_its_new_state(self, status: ChangeStatus) -> None:
        assert any(
            each.text("rev") == "B" and each.many("implements") and each.text("supersedes")
            for each in self.papers.filed
            if each.kind == "revision"
        )
        assert status.steps[3].in_order

    def requester_was_told_of_the_end(self, status: ChangeStatus) -> None:
        made = status.steps[4].date
        assert made is not None
        assert any(
            is_requester(each.many("to")[0]) and on(each, "sent_on") >= made and not each.many("conveys")
            for each in self.papers.records("communication")
        )


FilingPapers.TestCase.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
TestFilingPapers = FilingPapers.TestCase
