"""The office papers of the sample: PDFs by typst, the minutes and the request form by python-docx."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
import typst
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

SOURCES = Path(__file__).parent / "sources"

_INK = RGBColor(0x1D, 0x3A, 0x4F)

_FORM = (
    ("Change request No.", "ECR-2024-0017"),
    ("Originator", "Jorin Talmann"),
    ("Department", "Production engineering"),
    ("Date", "2024-04-08"),
    ("Product", "Feed pump W-2"),
    ("Document or part affected", "SPC-1001-02 rev B, clauses 3.1, 3.4, 4.2 and 5.1"),
    (
        "What is to change",
        "Lower the rated flow of feed pump W-2 from 40 to 36 l/min at 3.0 bar and name the seal cartridge 02091-C-71 "
        "in the specification.",
    ),
    ("Why", "The lip seal is no longer made; with our own cartridge the pump does not reach 40 l/min."),
    (
        "What happens if it is refused",
        "No W-2 can be delivered to the specification once the lip seals in stock are used up, about week 18.",
    ),
    ("One-off cost", "6400.00 EUR"),
    ("Needed by", "2024-05-06"),
    ("Track", "fast"),
    ("Signature of originator", "J. Talmann, 8 April 2024"),
    ("Received by document control", "H. Linnartz, 8 April 2024"),
)

_PRESENT = (
    ("Chair", "Imke Fernwald, product manager"),
    (
        "Present",
        "Jorin Talmann (production engineering), Ruprecht Holm (test bench), Hedda Linnartz (document control)",
    ),
    ("Excused", "Bertram Quast (technical director), Frauke Ellernbrook (service)"),
    ("Place, time", "Room 2, 23 April 2024, 10:00 to 11:10"),
    ("To", "those present; Bertram Quast"),
)

_ITEMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "1  Minutes of 26 March",
        ("Accepted as they stand.",),
    ),
    (
        "2  ECR-2024-0017, rated flow of the W-2",
        (
            "Jorin Talmann presents his request. The supplier of the lip seal has stopped; the stock lasts to about week 18. "
            "Eleven pumps with the cartridge 02091-C-71 have been run and gave 36.6 to 37.9 l/min at 3.0 bar, where SPC-1001-02 rev B "
            "promises 40. A wider passage behind the impeller would bring it back but needs a new casting, not before 2025.",
            "Relevance: every W-2 from week 19 on. Benefit: no stop of deliveries, cartridge 0.85 EUR cheaper, longer running. "
            "Cost: 6400.00 EUR once. Risk: customers who have ordered to rev B and not been supplied. Ruprecht Holm names one, Nodvale "
            "Dairies, twelve pumps. Imke Fernwald will have sales list the others.",
            "Decision: approved by Imke Fernwald. There is no second source for the lip seal, and 36 l/min is still above what nine in ten "
            "customers ask for. The cost is above her limit; rev C is released when Bertram Quast has signed, not before.",
        ),
    ),
    (
        "3  ECR-2024-0023, finer suction strainer",
        (
            "Frauke Ellernbrook is with a customer and has asked in writing. Her request is read out: 0.5 mm mesh in place of 0.8 mm "
            "after three returns with damaged impellers.",
            "Ruprecht Holm has tried it: a strainer of 0.5 mm costs another 2 l/min on the suction side. With the new cartridge the W-2 cannot "
            "spare them.",
            "Decision: rejected by Imke Fernwald for that reason. Service may go on fitting the finer strainer singly where a customer asks for it.",
        ),
    ),
    (
        "4  Holidays",
        ("Hedda Linnartz is away from 29 April to 10 May. Ansgar Pfeil stands in for document control.",),
    ),
)

_TASKS = (
    ("What", "Who", "By"),
    ("Draft SPC-1001-02 rev C", "Jorin Talmann", "30 April"),
    ("Obtain the signature of Bertram Quast for ECR-2024-0017", "Jorin Talmann", "before release"),
    ("List of open orders to rev B", "Imke Fernwald", "30 April"),
    ("Tell Frauke Ellernbrook about ECR-2024-0023", "Imke Fernwald", "30 April"),
)


def typeset(source: str) -> bytes:
    """Compile one source of `sources/` to a PDF that is the same on every run."""
    return bytes(typst.compile(str(SOURCES / source), format="pdf", timestamp=1715000000))


def picture(source: str, ppi: int = 200) -> bytes:
    """Compile one source of `sources/` to the PNG of its only page."""
    return bytes(typst.compile(str(SOURCES / source), format="png", ppi=ppi))


def request_form() -> bytes:
    """Write the originator's request form, a table of two columns."""
    paper = _blank("Change request", "Jorin Talmann", datetime(2024, 4, 8, 9, 20, tzinfo=UTC))
    heading = paper.add_paragraph()
    _say(heading, "Change request", size=18, bold=True, colour=_INK)
    _say(paper.add_paragraph(), "Murmelbach Pumpenwerk GmbH, form 12, issue 3. To document control, Room 4.", size=9)
    _pairs(paper, _FORM, (Cm(5.2), Cm(11.3)))
    return _frozen(paper)


def minutes() -> bytes:
    """Write the minutes of the meeting that decided both changes."""
    paper = _blank("Minutes of the change meeting", "Hedda Linnartz", datetime(2024, 4, 24, 7, 5, tzinfo=UTC))
    _say(paper.add_paragraph(), "Change meeting, 23 April 2024", size=17, bold=True, colour=_INK)
    _say(paper.add_paragraph(), "Murmelbach Pumpenwerk GmbH. Minutes taken by Hedda Linnartz, 24 April 2024.", size=9)
    _pairs(paper, _PRESENT, (Cm(2.6), Cm(13.9)))
    for title, paragraphs in _ITEMS:
        head = paper.add_paragraph()
        head.paragraph_format.space_before = Pt(10)
        head.paragraph_format.keep_with_next = True
        _say(head, title, size=12, bold=True, colour=_INK)
        for words in paragraphs:
            lead, found, rest = words.partition(": ")
            line = paper.add_paragraph()
            if found and lead == "Decision":
                _say(line, "Decision: ", bold=True)
                _say(line, rest)
            else:
                _say(line, words)
    head = paper.add_paragraph()
    head.paragraph_format.space_before = Pt(10)
    _say(head, "To do", size=12, bold=True, colour=_INK)
    table = paper.add_table(rows=0, cols=3)
    table.style = "Table Grid"
    for number, row in enumerate(_TASKS):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            _say(cell.paragraphs[0], words, bold=number == 0, size=10)
    return _frozen(paper)


def _blank(title: str, author: str, written: datetime) -> docx.document.Document:
    paper = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.25)
    section.top_margin = section.bottom_margin = Cm(2)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    style.paragraph_format.space_after = Pt(5)
    facts = paper.core_properties
    facts.title, facts.author, facts.last_modified_by, facts.comments = title, author, author, ""
    facts.created = facts.modified = written.replace(tzinfo=None)
    facts.revision = 3
    return paper


def _say(paragraph: docx.text.paragraph.Paragraph, words: str, **look: object) -> None:
    run = paragraph.add_run(words)
    run.bold = bool(look.get("bold"))
    if isinstance(size := look.get("size"), int):
        run.font.size = Pt(size)
    if isinstance(colour := look.get("colour"), RGBColor):
        run.font.color.rgb = colour


def _pairs(paper: docx.document.Document, rows: tuple[tuple[str, str], ...], widths: tuple[Cm, Cm]) -> None:
    table = paper.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for label, value in rows:
        left, right = table.add_row().cells
        left.width, right.width = widths
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E6EDF2")
        left._tc.get_or_add_tcPr().append(shade)
        _say(left.paragraphs[0], label, bold=True)
        _say(right.paragraphs[0], value)


def _frozen(paper: docx.document.Document) -> bytes:
    """Save with fixed times inside the container, so that every run gives the same bytes."""
    loose, fixed = io.BytesIO(), io.BytesIO()
    paper.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (2024, 4, 24, 8, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
