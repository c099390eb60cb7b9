"""Names of files as bytes and as words: paths may hold bytes that are no UTF-8."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


def shown(path: Path | str) -> str:
    """A path or name as people see it: what is no UTF-8 becomes the replacement character."""
    return os.fsencode(path).decode("utf-8", "replace")


def encoded(path: Path | str) -> str:
    """A path or name as its bytes, percent-encoded (RFC 3986; `/` stays)."""
    return quote(os.fsencode(path), safe="/")
