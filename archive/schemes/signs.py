"""The signs that part the pieces of an identifier."""

from __future__ import annotations

HYPHENS = "-\u2010\u2011"
DASHES = HYPHENS + "\u2012\u2013\u2014\u2212\x02\xad\ufffe"  # the last three: what text layers hold at a broken line
SPACES = " \xa0\u202f"
