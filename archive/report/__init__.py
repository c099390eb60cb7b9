"""Documents for others: the lineage of a change, an item or a document, as JSON, HTML and text."""

from __future__ import annotations

from archive.report.html_form import as_html
from archive.report.json_form import as_json
from archive.report.making import Sources, lineage
from archive.report.nouns import SCHEMA, Lineage
from archive.report.proofs import pin
from archive.report.text_form import as_text
from archive.report.writing import rendered, write

__all__ = ["SCHEMA", "Lineage", "Sources", "as_html", "as_json", "as_text", "lineage", "pin", "rendered", "write"]
