"""The lineage as JSON: the model itself, in the order of its fields (templates/lineage-1.schema.json)."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from archive.report.nouns import Lineage


def as_json(lineage: Lineage) -> str:
    """Render as JSON; the same lineage gives the same bytes."""
    return json.dumps(_plain(lineage), ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value
