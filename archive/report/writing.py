"""A lineage as a file: which rendering a file's ending asks for, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from archive.errors import CannotWrite, Usage
from archive.report.html_form import as_html
from archive.report.json_form import as_json
from archive.report.nouns import Lineage
from archive.report.text_form import as_text

_FORMS = {".html": as_html, ".json": as_json, ".txt": as_text}


def rendered(report: Lineage, ending: str) -> str:
    """Render a report; the ending is `.html`, `.json` or `.txt`, else Usage is raised."""
    form = _FORMS.get(ending.lower())
    if form is None:
        raise Usage(f"a report cannot be written as {ending or 'a file without ending'}: name FILE.html, .json or .txt")
    return form(report)


def write(report: Lineage, path: Path) -> None:
    """Write a report to a file; an older one of that name is replaced in one step.

    Raises:
        Usage: the ending names no rendering. CannotWrite: the disk refused.
    """
    content = rendered(report, path.suffix)
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.write_text(content, encoding="utf-8", newline="\n")
        aside.replace(path)
    except OSError as problem:
        raise CannotWrite(f"{path} cannot be written ({problem.strerror}): name another place with -o") from problem
