"""Write the files of the sample anew: `python -m sample_corpus.make [FOLDER]`, run by hand.

The texts need nothing but Python; papers and scans need typst, python-docx and Pillow with the fonts Liberation and
DejaVu. All is deterministic on one set of versions; the committed files are the sample, not what another version makes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_corpus import mails, records

HERE = Path(__file__).parent
REPORT = "enclosures/Flow measurement.pdf"


def write_texts(folder: Path) -> list[Path]:
    """Write records, mails and the list of returns; the attached report is taken as it is committed."""
    texts = {f"inbox/{name}": text.encode("utf-8") for name, text in records.RECORDS.items()}
    texts |= {f"later/{name}": text.encode("utf-8") for name, text in records.LATER.items()}
    texts["inbox/Feed pumps - flow too low.eml"] = mails.complaint((HERE / REPORT).read_bytes())
    texts["inbox/Rücksendungen 1. Halbjahr 2024.csv"] = mails.returns()
    texts["later/Re_ rated flow - your signature.eml"] = mails.approval()
    return _write(folder, texts)


def write_papers(folder: Path) -> list[Path]:
    """Write PDFs, scans, minutes and form; the customer's report among them."""
    from sample_corpus import papers, scans

    return _write(
        folder,
        {
            REPORT: papers.typeset("customer_report.typ"),
            "inbox/Specification feed pump 2022.pdf": papers.typeset("specification_b.typ"),
            "inbox/Specification feed pump - new issue.pdf": papers.typeset("specification_c.typ"),
            "inbox/Scan_20240614_0931.pdf": scans.scanned_letter(papers.picture("letter.typ")),
            "inbox/Prüfblatt Mai (2).png": scans.scanned_sheet(papers.picture("test_sheet.typ")),
            "inbox/Minutes change meeting 23 April FINAL.docx": papers.minutes(),
            "inbox/Kopie von Change request form.docx": papers.request_form(),
        },
    )


def _write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    written = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for path in [*write_papers(target), *write_texts(target)]:
        print(path.relative_to(target), path.stat().st_size)
