"""A disk in memory that forgets what was not synced: file operations in, every possible state after power loss out.

The rules are POSIX's and nothing kinder: what was written since a file's last sync may be kept or lost piece by piece,
the length with it; each name that was made, moved or removed since a folder's last sync may be as before or as
after, by itself.
"""

from __future__ import annotations

import errno
import itertools
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

State = Mapping[str, bytes | None]
"""What lies on a disk: path below its root to content, None for a folder."""

T = TypeVar("T")

PIECE = 512
_MANY = 64


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing of it runs any more."""


@dataclass
class File:
    durable: bytes = b""
    now: bytes = b""
    sealed: bool = False


@dataclass
class Folder:
    durable: dict[str, Node] = field(default_factory=dict)
    now: dict[str, Node] = field(default_factory=dict)
    changes: list[tuple[str, Node | None]] = field(default_factory=list)

    def put(self, name: str, node: Node | None) -> None:
        self.changes.append((name, node))
        if node is None:
            del self.now[name]
        else:
            self.now[name] = node


Node = File | Folder


class Disk:
    """What all processes of a machine share.

    Args:
        after: called behind every operation with the disk as it then is.
        deaf: says of a sync's site (`fsync log/*.jsonl`) and how often it was met before that it does nothing.
    """

    def __init__(
        self,
        state: State | None = None,
        after: Callable[[], None] = lambda: None,
        deaf: Callable[[str, int], bool] = lambda site, nth: False,
    ) -> None:
        self.root = Folder()
        self.after, self.deaf = after, deaf
        self.sites: dict[str, int] = {}
        for path in sorted(state or {}):
            content = (state or {})[path]
            *folders, name = path.split("/")
            node = Folder() if content is None else File(content, content)
            for names in (self.folder(folders).durable, self.folder(folders).now):
                names[name] = node

    def folder(self, parts: Sequence[str]) -> Folder:
        node = self.find(parts)
        if not isinstance(node, Folder):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/".join(parts))
        return node

    def find(self, parts: Sequence[str]) -> Node | None:
        node: Node | None = self.root
        for part in parts:
            node = node.now.get(part) if isinstance(node, Folder) else None
        return node

    def sync(self, site: str, node: Node) -> None:
        nth = self.sites.get(site, 0)
        self.sites[site] = nth + 1
        if not self.deaf(site, nth):
            if isinstance(node, File):
                node.durable = node.now
            else:
                node.durable = dict(node.now)
                node.changes.clear()

    def now(self) -> State:
        """What the machine sees while it runs."""
        return {path: node if node is None else node.now for path, node in _walk(self.root, lambda folder: folder.now)}

    def crashes(self, scratch: str = "", seed: random.Random | None = None) -> Iterator[State]:
        """Every state that power loss may leave at this moment.

        Args:
            scratch: a folder whose changes are kept or lost as one, since nothing rests on it.
            seed: where there are more than _MANY ways, that many are drawn instead of all.
        """
        folders = list(_folders(self.root, ""))
        ways = [_name_ways(folder, path == scratch) for path, folder in folders]
        for chosen in _product(ways, seed):
            names = {id(folder): choice for (_, folder), choice in zip(folders, chosen, strict=True)}
            nodes = dict(_walk(self.root, lambda folder, names=names: names.get(id(folder), folder.durable)))  # type: ignore[misc]
            yield from _contents(nodes, scratch, seed)


def _folders(folder: Folder, path: str) -> Iterator[tuple[str, Folder]]:
    yield path, folder
    for name, node in {**folder.durable, **folder.now}.items():
        if isinstance(node, Folder):
            yield from _folders(node, f"{path}/{name}".strip("/"))


def _walk(root: Folder, names: Callable[[Folder], Mapping[str, Node]]) -> Iterator[tuple[str, File | None]]:
    stack: list[tuple[str, Folder]] = [("", root)]
    while stack:
        path, folder = stack.pop()
        for name, node in names(folder).items():
            below = f"{path}/{name}".strip("/")
            if isinstance(node, Folder):
                stack.append((below, node))
            yield below, node if isinstance(node, File) else None


def _name_ways(folder: Folder, together: bool) -> list[dict[str, Node]]:
    """Each name by itself is as it was, or as any change since has made it; `together`, all are old or all are new."""
    if together:
        return [folder.durable, folder.now] if folder.changes else [folder.durable]
    options: dict[str, list[Node | None]] = {name: [folder.durable.get(name)] for name, _ in folder.changes}
    for name, node in folder.changes:
        if node not in options[name]:
            options[name].append(node)
    found: list[dict[str, Node]] = []
    for chosen in itertools.product(*options.values()):
        names = {**folder.durable, **dict(zip(options, chosen, strict=True))}
        found.append({name: node for name, node in names.items() if node is not None})
    return found


def _contents(nodes: Mapping[str, File | None], scratch: str, seed: random.Random | None) -> Iterator[State]:
    paths = list(nodes)
    ways: list[list[bytes | None]] = []
    for path in paths:
        node = nodes[path]
        in_scratch = bool(scratch) and path.startswith(scratch + "/")
        ways.append([None] if node is None else [node.now] if in_scratch else list(_data_ways(node, seed)))
    for chosen in _product(ways, seed):
        yield dict(zip(paths, chosen, strict=True))


def _data_ways(file: File, seed: random.Random | None) -> Iterator[bytes]:
    """Every content that may be left of a file: each piece as it was or as it is, and each length between."""
    old, new = file.durable, file.now
    if old == new:
        yield new
        return
    pieces = [
        start
        for start in range(0, max(len(old), len(new)), PIECE)
        if old[start : start + PIECE] != new[start : start + PIECE]
    ]
    if len(new) < len(old):
        # Cut short: the length is one or the other.
        yield old
        yield new
        return
    for kept in _product([[False, True]] * len(pieces), seed):
        content = bytearray(old.ljust(len(new), b"\0"))
        for start, keep in zip(pieces, kept, strict=True):
            if keep:
                content[start : start + PIECE] = new[start : start + PIECE]
        yield bytes(content)
        lost = next((start for start, keep in zip(reversed(pieces), reversed(kept), strict=True) if keep), -1)
        length = max(len(old), min(len(new), lost + PIECE) if lost >= 0 else 0)
        if length < len(new):
            yield bytes(content[:length])


def _product(ways: Sequence[Sequence[T]], seed: random.Random | None) -> Iterator[tuple[T, ...]]:
    count = 1
    for each in ways:
        count *= len(each)
    if seed is None or count <= _MANY:
        yield from itertools.product(*ways)
        return
    yield tuple(each[0] for each in ways)
    yield tuple(each[-1] for each in ways)
    for _ in range(_MANY):
        yield tuple(seed.choice(each) for each in ways)
