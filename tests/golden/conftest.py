"""The same dispute as the tests of the report have."""

from __future__ import annotations

from tests.report.conftest import case

__all__ = ["case"]
