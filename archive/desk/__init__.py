"""Questions across the parts: what a name means, search, one document or item shown."""

from __future__ import annotations

from archive.desk.desk import Desk
from archive.desk.nouns import Found, Row, Shown, Target
from archive.desk.rows import Rows

__all__ = ["Desk", "Found", "Row", "Rows", "Shown", "Target"]
