"""Equal answers however the log is cut; what is destroyed leaves nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.xref.follower import FILE
from tests.xref.truth import Truth, everything, follow


def story() -> Truth:
    truth = Truth()
    letter = truth.file("letter.txt", "About ECR-2024-0017, SPC-1001-02 rev B and ECR-2024-0099")
    truth.record("change_request", "ECR-2024-0017", {"affects": [{"item": "SPC-1001-02"}, {"item": "hb 200"}]})
    spec = truth.file("SPC-1001-02 rev B.txt", "Text\nChange: ECR-2024-0017", title="Pump housing")
    truth.reading(letter, "About ECR-2024-0018 now")
    truth.record("product", "P-HB200", {"names": ["HB-200"]})
    second = truth.file("SPC-1001-02 rev B.txt", "Text\nsee SPC-1001-03", version_of=spec)
    truth.say("statement", says="file", number=letter, item="SPC-1001-09", rev="A", why="it is the annex")
    truth.say("statement", says="release", item="SPC-1001-02", rev="B", by="W. Hale", on="2024-03-01", evidence=None)
    truth.reading(second, "Text\nsee SPC-1001-04", version_of=spec)
    truth.reading(spec, "Text")
    truth.say("statement", says="set aside", number=second, why="twice")
    return truth


@settings(deadline=None, max_examples=25)
@given(cuts=st.sets(st.integers(1, len(story().lines)), max_size=6))
def test_any_cuts_give_the_answers_of_a_rebuild(cuts: set[int]) -> None:
    truth = story()
    with tempfile.TemporaryDirectory() as folder:
        live = follow(truth, Path(folder) / "1", sorted(cuts))
        rebuilt = follow(truth, Path(folder) / "2")
        assert everything(live) == everything(rebuilt)
        assert live.watermark == rebuilt.watermark == len(truth.lines)
        live.close()
        rebuilt.close()


def test_entries_given_twice_change_nothing(tmp_path: Path) -> None:
    from archive.xref import XREF
    from tests.xref.truth import house

    truth = story()
    before = everything(follow(truth, tmp_path))
    writer = XREF.writer(tmp_path, truth, house())
    writer.apply(truth.entries(0))
    writer.close()
    assert everything(follow(truth, tmp_path)) == before


def test_a_new_reading_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    truth = Truth()
    letter = truth.file("letter.txt", "About ECR-2024-0017 and SPC-1001-02 rev B")
    follow(truth, tmp_path).close()
    truth.reading(letter, "About ECR-2024-0018")
    xref = follow(truth, tmp_path)
    assert [item.key for item in xref.items()] == ["ECR-2024-0018"]
    assert xref.resolve("SPC-1001-02") == []
    xref.close()


def test_a_destroyed_document_leaves_no_word_in_the_file(tmp_path: Path) -> None:
    truth = story()
    mail = truth.file("mail.eml", "Ms Osterloh on ECR-2024-0777", media_type="message/rfc822")
    part = truth.file("osterloh.txt", "the OSTERLOH part", parent=mail)
    follow(truth, tmp_path / "live").close()
    truth.destroy(mail)
    truth.destroy(part)
    live = follow(truth, tmp_path / "live")
    assert everything(live) == everything(follow(truth, tmp_path / "anew"))
    live.close()
    content = (tmp_path / "live" / FILE).read_bytes().lower()
    assert b"osterloh" not in content and b"ecr-2024-0777" not in content


def test_a_reading_whose_text_is_gone_is_named_and_stops_nothing(tmp_path: Path) -> None:
    truth = Truth()
    number = truth.file("letter.txt", "About ECR-2024-0017")
    truth.objects.kept.clear()
    truth.file("second.txt", "About ECR-2024-0018")
    xref = follow(truth, tmp_path)
    assert xref.unread() == [number]
    assert [item.key for item in xref.items()] == ["ECR-2024-0018"]
