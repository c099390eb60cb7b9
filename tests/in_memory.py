"""Objects kept in memory, for followers fed without a store."""

from __future__ import annotations

from hashlib import sha256

from archive.errors import NotFound


class MemoryObjects:
    """What `archive.model.Objects` asks for, and `put`."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        self.kept[digest] = content
        return digest

    def read(self, digest: str) -> bytes:
        if digest not in self.kept:
            raise NotFound(digest)
        return self.kept[digest]
