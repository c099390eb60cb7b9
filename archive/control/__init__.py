"""States of changes derived from evidence, the revision in force, and what is wrong: pure functions over a View.

The six steps of the fast track are derived for every track; a change on another track says so in its note.
"""

from __future__ import annotations

from archive.control.nouns import ChangeStatus, InForce, Step
from archive.control.releasing import in_force, release_draft
from archive.control.status import changes, findings, status_of
from archive.control.steps import STEPS
from archive.control.view import OnFile, View

__all__ = [
    "STEPS",
    "ChangeStatus",
    "InForce",
    "OnFile",
    "Step",
    "View",
    "changes",
    "findings",
    "in_force",
    "release_draft",
    "status_of",
]
