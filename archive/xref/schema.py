"""Tables of the cross-reference file, and the few statements that keep them small."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number TEXT PRIMARY KEY, known INTEGER NOT NULL, received TEXT NOT NULL, name TEXT NOT NULL, parent TEXT,
    reading INTEGER, date TEXT NOT NULL DEFAULT '', version_of TEXT, unread INTEGER NOT NULL DEFAULT 0,
    aside INTEGER, retired INTEGER, retired_on TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_by_version ON documents (version_of) WHERE version_of IS NOT NULL;

CREATE TABLE IF NOT EXISTS nodes (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, key TEXT NOT NULL,
    fold TEXT NOT NULL, dlof TEXT NOT NULL, master INTEGER
);
CREATE INDEX IF NOT EXISTS nodes_by_fold ON nodes (fold);
CREATE INDEX IF NOT EXISTS nodes_by_type ON nodes (type, fold);
CREATE INDEX IF NOT EXISTS nodes_by_ending ON nodes (type, dlof);
CREATE INDEX IF NOT EXISTS nodes_by_master ON nodes (master) WHERE master IS NOT NULL;

CREATE TABLE IF NOT EXISTS edges (
    id INTEGER PRIMARY KEY, edge TEXT NOT NULL, source INTEGER NOT NULL, rel TEXT NOT NULL, target INTEGER NOT NULL,
    raw TEXT NOT NULL, rev TEXT, method TEXT NOT NULL, confidence REAL NOT NULL, document TEXT NOT NULL,
    page INTEGER NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, snippet TEXT NOT NULL,
    unconfirmed INTEGER NOT NULL, swapped INTEGER NOT NULL, known INTEGER NOT NULL, origin TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS edges_by_source ON edges (source, rel);
CREATE INDEX IF NOT EXISTS edges_by_target ON edges (target, rel);
CREATE INDEX IF NOT EXISTS edges_by_document ON edges (document, page, "start");

CREATE TABLE IF NOT EXISTS names (
    node INTEGER NOT NULL, what TEXT NOT NULL, text TEXT NOT NULL, fold TEXT NOT NULL,
    document TEXT NOT NULL, known INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS names_by_fold ON names (fold);
CREATE INDEX IF NOT EXISTS names_by_node ON names (node, what, known);
CREATE INDEX IF NOT EXISTS names_by_document ON names (document);

CREATE TABLE IF NOT EXISTS releases (
    node INTEGER NOT NULL, rev TEXT NOT NULL, "on" TEXT NOT NULL, effective TEXT NOT NULL, by TEXT NOT NULL,
    proof TEXT, page INTEGER, words TEXT, known INTEGER NOT NULL, document TEXT
);
CREATE INDEX IF NOT EXISTS releases_by_node ON releases (node);
CREATE INDEX IF NOT EXISTS releases_by_document ON releases (document);
CREATE INDEX IF NOT EXISTS releases_by_known ON releases (known);

CREATE TABLE IF NOT EXISTS filed (document TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS contradictions (
    document TEXT PRIMARY KEY, one TEXT NOT NULL, other TEXT NOT NULL
) WITHOUT ROWID;
"""

FORGET_EDGES = """
DELETE FROM edges WHERE document = ? AND origin = ? RETURNING source, target
"""

FORGET_NAMES = "DELETE FROM names WHERE document = ? RETURNING node"

FORGET_RELEASES = "DELETE FROM releases WHERE document = ? RETURNING node"

IS_USED = """
SELECT EXISTS (SELECT 1 FROM edges WHERE source = :id) OR EXISTS (SELECT 1 FROM edges WHERE target = :id)
    OR EXISTS (SELECT 1 FROM nodes WHERE master = :id) OR EXISTS (SELECT 1 FROM names WHERE node = :id)
    OR EXISTS (SELECT 1 FROM releases WHERE node = :id)
"""

ADD_EDGE = f"INSERT INTO edges VALUES (NULL{', ?' * 17})"
