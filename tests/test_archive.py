"""The facade: what an archive promises over time: rebuilt, disposed of, copied, asked at another clock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from archive.errors import Invalid, NotFound, Refused
from tests.running import SAMPLE, Home, every_byte

QUERIES = ("flow", "strainer OR gasket", '"rated flow"', "W-2", "02091-C-71", "kind:decision", "date:2024-04..2024-05")
QUERIES += ("cites:SPC-1001-02", "name:spec*", "Talmann -strainer", "cr:ECR-2024-0017", "SPC-1001-02 rev B")


def clock(*moments: datetime) -> Callable[[], datetime]:
    """A clock that gives these moments and stays at the last."""
    left: Iterator[datetime] = iter(moments)
    last = [moments[-1]]

    def now() -> datetime:
        last[0] = next(left, moments[-1])
        return last[0]

    return now


def answers(home: Home) -> dict[str, Any]:
    """Every answer that must come out equal (DESIGN §4): matches, orders, links, statuses."""
    found: dict[str, Any] = {}
    for query in QUERIES:
        found[query] = sorted(home.run("search", "-q", "-n", "1000", query).lines)
        for sort in ("date", "received", "title"):
            found[f"{query} by {sort}"] = home.run("search", "-q", "-n", "1000", "--sort", sort, query).lines
        found[f"{query}, all versions"] = sorted(home.run("search", "-q", "-n", "1000", "--all-versions", query).lines)
    for key in ("W-2", "ECR-2024-0017", "ECR-2024-0023", "SPC-1001-02", "D-000001"):
        found[f"links of {key}"] = sorted(home.run("xref", "--json", "--depth", "3", key).lines)
        found[f"{key} shown"] = home.run("show", "--json", key).json
    for key in ("ECR-2024-0017", "ECR-2024-0023"):
        found[f"status of {key}"] = home.run("status", "--json", key).json
    found["dangling"] = home.run("dangling", "--json").json
    return found


# Rebuilt -----------------------------------------------------------------------------------------------------


def test_an_archive_without_derived_answers_the_same(own_firm: Home) -> None:
    shutil.copytree(SAMPLE / "later", own_firm.path / "inbox", dirs_exist_ok=True)
    own_firm.watch_once()
    live = answers(own_firm)
    assert all(live[query] for query in QUERIES)
    shutil.rmtree(own_firm.path / "derived")
    assert own_firm.run("rebuild").code == 0
    assert answers(own_firm) == live


def test_a_first_question_after_derived_was_deleted_is_answered(own_firm: Home) -> None:
    before = own_firm.found("flow")
    shutil.rmtree(own_firm.path / "derived")
    assert own_firm.found("flow") == before


def test_one_follower_may_be_made_anew_alone(own_firm: Home) -> None:
    before = own_firm.found("flow")
    done = own_firm.run("rebuild", "--only", "index")
    assert done.lines[0].startswith("index: made anew from")
    assert own_firm.found("flow") == before
    assert own_firm.run("rebuild", "--only", "nonsense").code == 3


def test_a_spoiled_follower_is_made_anew_without_being_asked(own_firm: Home) -> None:
    before = answers(own_firm)
    for follower in ("catalog", "xref"):
        [file] = (own_firm.path / "derived" / follower).rglob(f"{follower}.sqlite")
        file.write_bytes(b"spoiled " * 1000)
    own_firm.add(own_firm.file("more.txt", "one more paper"))
    own_firm.run("rebuild")
    assert {name: found for name, found in answers(own_firm).items() if "shown" not in name} == {
        name: found for name, found in before.items() if "shown" not in name
    }


# Disposed of -------------------------------------------------------------------------------------------------


def _letter() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Zirkonwaldau complains", "z@z.example", "b@works.example"
    message["Date"] = "Tue, 14 May 2024 09:00:00 +0200"
    message.set_content("The firm Zirkonwaldau asks about ECR-2024-0017 and about Quarzblende seals.")
    message.add_attachment(b"Zirkonwaldau measures Quarzblende", maintype="text", subtype="plain", filename="Quarz.txt")
    return message.as_bytes()


def test_destroyed_words_are_in_no_byte_under_home(own_firm: Home) -> None:
    own_firm.drop("Zirkonwaldau letter.eml", _letter())
    [receipt] = own_firm.watch_once().json
    own_firm.run("search", "Zirkonwaldau")
    assert own_firm.found("Zirkonwaldau") == sorted([receipt["ref"], *receipt["parts"]])
    with own_firm.opened() as archive:
        archive.dispose([receipt["ref"]], "DSP-2026-0001", "retention ended under schedule 7")
    for word in ("Zirkonwaldau", "Quarzblende", "zirkonwaldau", "quarzblend"):
        for path, content in every_byte(own_firm.path):
            assert word.encode() not in content, path
            assert word.encode("utf-16-le") not in content, path
            assert word not in str(path)
    assert own_firm.found("Zirkonwaldau") == []
    assert own_firm.is_intact()


def test_a_destroyed_document_keeps_its_number_and_says_so(own_firm: Home) -> None:
    own_firm.drop("Zirkonwaldau letter.eml", _letter())
    [receipt] = own_firm.watch_once().json
    with own_firm.opened() as archive:
        archive.dispose([receipt["ref"]], "DSP-2026-0001", "retention ended")
    shown = own_firm.run("show", receipt["ref"])
    assert shown.code == 0
    assert "DSP-2026-0001" in shown.out
    assert own_firm.run("show", receipt["ref"], "--json").json[0]["status"] == "destroyed"
    for verb in (("get", receipt["ref"], "-o", "-"), ("reread", receipt["ref"])):
        done = own_firm.run(*verb)
        assert done.code == 3
        assert "DSP-2026-0001" in done.err
    assert own_firm.run("status", "ECR-2024-0017").code == 1
    [again] = own_firm.add(own_firm.file("again.eml", _letter()))
    assert again["status"] == "stored"
    assert again["ref"] > receipt["parts"][-1]
    assert own_firm.is_intact()
    before = answers(own_firm)
    own_firm.run("rebuild")
    assert answers(own_firm) == before


def test_a_destroyed_document_is_shown_in_every_time_zone(home: Home) -> None:
    (home.path / "archive.toml").write_text('[house]\ntimezone = "America/Los_Angeles"\n')
    home.add(home.file("a.txt", "words to go"))
    with home.opened() as archive:
        archive.dispose(["D-000001"], "DSP-2026-0001", "retention ended")
    assert home.run("show", "D-000001").code == 0


def test_a_version_chain_survives_the_end_of_one_member(home: Home) -> None:
    path = home.file("plan.txt", "first plan")
    for text in ("first plan", "second plan", "third plan"):
        path.write_text(text)
        home.add(path)
    with home.opened() as archive:
        archive.dispose(["D-000002"], "DSP-2026-0001", "retention ended")
    with home.opened() as archive:
        assert [each.number for each in archive.catalog.chain("D-000003")] == ["D-000001", "D-000002", "D-000003"]
    assert "D-000003" in home.found("plan")
    assert home.run("show", "D-000003", "--versions").code == 0


def test_what_a_destroyed_version_replaced_stays_replaced(home: Home) -> None:
    path = home.file("plan.txt", "first plan")
    for text in ("first plan", "second plan", "third plan"):
        path.write_text(text)
        home.add(path)
    with home.opened() as archive:
        archive.dispose(["D-000002"], "DSP-2026-0001", "retention ended")
    assert home.found("plan") == ["D-000003"]


def test_a_disposal_needs_a_reason_and_documents_that_are_there(home: Home) -> None:
    home.add(home.file("a.txt", "words"))
    with home.opened() as archive:
        with pytest.raises(Invalid, match="reason"):
            archive.dispose(["D-000001"], "DSP-2026-0001", "  ")
        with pytest.raises(NotFound):
            archive.dispose(["D-000009"], "DSP-2026-0001", "retention ended")
        archive.dispose(["D-000001"], "DSP-2026-0001", "retention ended")
        with pytest.raises((NotFound, Refused)):
            archive.dispose(["D-000001"], "DSP-2026-0002", "retention ended")
    assert home.is_intact()


def test_an_interrupted_disposal_is_finished_by_the_next_that_writes(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.store import disposal

    home.add(home.file("a.txt", "Zirkonwaldau writes"), home.file("b.txt", "stays"))

    def killed(*args: object) -> None:
        raise SystemExit

    with home.opened() as archive:
        monkeypatch.setattr(disposal, "remove_copies", killed)
        with pytest.raises(SystemExit):
            archive.dispose(["D-000001"], "DSP-2026-0001", "retention ended")
    monkeypatch.undo()
    (home.desk / "a.txt").unlink()
    assert home.run("verify").code == 1
    home.add(home.file("c.txt", "came later"))
    assert home.is_intact()
    assert home.found("Zirkonwaldau") == []
    assert not any(b"Zirkonwaldau" in content for _, content in every_byte(home.path))


# Two clocks --------------------------------------------------------------------------------------------------


def test_what_was_on_file_on_a_day_counts_the_day_in_the_house_s_zone(home: Home) -> None:
    (home.path / "archive.toml").write_text('[house]\ntimezone = "Europe/Berlin"\n')
    late = datetime(2030, 5, 31, 22, 30, tzinfo=UTC)
    with home.opened(clock=clock(datetime(2030, 5, 31, 12, tzinfo=UTC))) as archive:
        list(archive.take([home.file("a.txt", "noon of the 31st")]))
        noon = archive.store.tail()
    with home.opened(clock=clock(late)) as archive:
        list(archive.take([home.file("b.txt", "half past midnight of the 1st, in Berlin")]))
        assert archive.seq_on(date(2030, 5, 31)) == noon
        assert archive.seq_on(date(2030, 6, 1)) == archive.store.tail()
        assert archive.seq_on(date(2020, 1, 1)) == 0


def test_a_clock_set_back_hides_nothing_that_was_on_file(tmp_path: Path) -> None:
    noon = datetime(2030, 5, 31, 12, tzinfo=UTC)
    home = Home(tmp_path / "home", tmp_path / "desk").init(clock=clock(noon - timedelta(days=3)))
    for days, name in ((0, "a"), (2, "b"), (-2, "c"), (3, "d")):
        with home.opened(clock=clock(noon + timedelta(days=days))) as archive:
            list(archive.take([home.file(f"{name}.txt", f"paper {name}")]))
    with home.opened() as archive:
        numbers = [archive.catalog.document(f"D-{at:06d}").seq for at in range(1, 5)]
        for day, known in (((30), 0), (31, 1)):
            upto = archive.seq_on(date(2030, 5, day))
            assert [seq <= upto for seq in numbers] == [at < known for at in range(4)]
        # The third was written after the second, whatever the clock said then.
        assert archive.seq_on(date(2030, 6, 2)) < numbers[3]
        assert archive.seq_on(date(2030, 6, 2)) > numbers[2]
        assert archive.seq_on(date(2030, 6, 3)) == archive.store.tail()
    findings = home.run("verify", "--json")
    assert findings.code == 0
    assert {row["finding"] for row in findings.json} == {"clock_set_back"}


def test_a_change_is_asked_as_it_was_known_then(own_firm: Home) -> None:
    shutil.copytree(SAMPLE / "later", own_firm.path / "inbox", dirs_exist_ok=True)
    with own_firm.opened(clock=clock(datetime.now(UTC) + timedelta(days=10))) as archive:
        list(archive.watcher(settle_s=0).once())
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert own_firm.run("status", "ECR-2024-0017", "--json").json[0]["state"] == "incorporated"
    then = own_firm.run("status", "ECR-2024-0017", "--known-on", day, "--json").json[0]
    assert then["state"] == "communicated"


# Settings, parts, notes --------------------------------------------------------------------------------------


def test_the_first_line_of_an_archive_is_its_settings(home: Home) -> None:
    [first] = home.entries()
    assert (first.seq, first.action) == (1, "settings")
    assert first.body["house"]["date_order"] == "iso"


def test_a_library_user_sees_the_same_archive(firm: Home) -> None:
    from archive import Archive, ArchiveError, __version__
    from archive.model import Actor

    archive = Archive(firm.path, Actor("I. Quill"))
    try:
        assert archive.catalog.document("D-000011").key == "ECR-2024-0017"
        assert archive.xref.resolve("W-2")
        assert __version__
        with pytest.raises(ArchiveError):
            archive.catalog.document("D-000999")
    finally:
        archive.close()


def test_an_open_archive_sees_what_others_add(home: Home) -> None:
    home.add(home.file("a.txt", "gaskets"))
    with home.opened() as archive:
        from archive.desk.searching import Wish

        assert archive.desk.search("gaskets", Wish()).total == 1
        home.process("add", home.file("b.txt", "more gaskets"))
        assert archive.desk.search("gaskets", Wish()).total == 2
        archive.following("catalog").rebuild()
        archive.following("index").rebuild()
        assert archive.desk.search("gaskets", Wish()).total == 2


def test_a_check_is_written_down_only_when_asked(home: Home) -> None:
    home.add(home.file("a.txt", "gaskets"))
    before = len(home.entries())
    home.run("verify")
    assert len(home.entries()) == before
    home.run("verify", "--record")
    [checked] = home.entries("fixity check")
    assert checked.body["findings"] == {}
    assert checked.body["entries"] == before


def test_a_reading_verb_writes_nothing_that_counts(own_firm: Home) -> None:
    def truth() -> dict[str, bytes]:
        folders = ("objects", "entries", "log", "checkpoints", "archive.json", "archive.toml")
        return {str(path): content for name in folders for path, content in _files(own_firm.path / name)}

    before = truth()
    answers(own_firm)
    own_firm.run("verify")
    own_firm.run("info")
    own_firm.run("inbox")
    assert truth() == before


def _files(path: Path) -> Iterator[tuple[Path, bytes]]:
    for each in [path, *sorted(path.rglob("*"))]:
        if each.is_file():
            yield each, each.read_bytes()


def test_a_moved_archive_is_the_same_archive(firm: Home, tmp_path: Path) -> None:
    shutil.copytree(firm.path, tmp_path / "elsewhere")
    moved = Home(tmp_path / "elsewhere", tmp_path / "desk")
    assert moved.found("flow") == firm.found("flow")
    assert moved.is_intact()
    about = json.loads((moved.path / "archive.json").read_text())
    assert about["archive_id"] == json.loads((firm.path / "archive.json").read_text())["archive_id"]
