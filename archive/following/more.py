"""The further object of a reading (docs/format.md), unpacked for whoever follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archive.errors import Damaged


def unpacked(packed: bytes) -> Mapping[str, Any]:
    """Unpack fields, tables, links, meta and boxes; raises Damaged where that cannot be done."""
    import gzip
    import zlib

    try:
        found = json.loads(gzip.decompress(packed))
    except (OSError, EOFError, ValueError, zlib.error) as problem:
        raise Damaged("a reading's further object cannot be unpacked: run archive reread") from problem
    return found if isinstance(found, dict) else {}
