"""Which revision is in force: a pure function of the releases that are known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from archive.model import Release
from archive.xref.names import revision_order


def in_force(releases: Iterable[Release], day: date) -> Release | None:
    """Return the release in force on a day: the newest one that is effective by then.

    Args:
        releases: those of one item. A revision stated released several times counts from the earliest.
    """
    first: dict[str, Release] = {}
    for release in releases:
        known = first.get(release.rev)
        if known is None or _begins(release) < _begins(known):
            first[release.rev] = release
    effective = [release for release in first.values() if _begins(release) <= day]
    return max(effective, key=lambda release: (_begins(release), revision_order(release.rev)), default=None)


def _begins(release: Release) -> date:
    return max(release.on, release.effective) if release.effective else release.on
