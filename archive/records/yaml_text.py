"""The door to YAML: `field: value` lines with the place of every word, nothing converted, nothing cut.

YAML's events are read, not its nodes: an event tells an anchor, an alias and a tag from the text they stand
before, and a page of ten thousand brackets cannot exhaust the stack. Whatever YAML would turn into
something else than what is written is kept as written and made a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from archive.records.rules import Problem, shown

if TYPE_CHECKING:
    import yaml

MOST_CHARACTERS = 200_000
MOST_PROBLEMS = 50
DEEPEST = 3

_UNFIT = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
"""One line with its end, as YAML and people count lines; str.splitlines knows more ends."""

_CUT = re.compile(r"[ \t]+#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text as written; offsets count from the start of the block, lines from 0."""

    value: str
    line: int
    start: int
    end: int


@dataclass(slots=True)
class Branch:
    """A list (`keys` stays empty) or a mapping; `keys[i]` names `values[i]`."""

    line: int
    is_mapping: bool
    keys: list[Leaf] = field(default_factory=list)
    values: list[Node] = field(default_factory=list)

    def leaves(self) -> Iterator[Leaf]:
        for value in self.values:
            if isinstance(value, Leaf):
                yield value
            else:
                yield from value.leaves()


Node = Leaf | Branch
Pair = tuple[Leaf, Node]


def read_pairs(block: str) -> tuple[list[Pair], list[Problem]]:
    """Read the `field: value` pairs of a block, in order, and all that is wrong with it.

    A field that is not YAML is reported, taken as written where it is one line, and the others are read all
    the same. Lines of problems and leaves count from 0.
    """
    if len(block) > MOST_CHARACTERS:
        return [], [
            Problem("", 0, f"longer than {MOST_CHARACTERS} characters: move the long text below the second ---")
        ]
    block, problems = _fit(block)
    rescued: list[Pair] = []
    for _ in range(MOST_PROBLEMS):
        reading = _Reading(block)
        trouble = reading.run()
        if trouble is None:
            pairs = sorted([*reading.pairs, *rescued], key=lambda pair: pair[0].start)
            return pairs, sorted([*problems, *reading.all_problems()], key=lambda problem: problem.line)
        start, end, line = _statement_at(block, trouble.line)
        problems.append(trouble)
        rescued += _rescued(block, start, line)
        block = block[:start] + re.sub(r"[^\r\n]", " ", block[start:end]) + block[end:]
    return rescued, [*problems, Problem("", 0, "the rest cannot be read before these are put right")]


def _rescued(block: str, start: int, line: int) -> list[Pair]:
    """Take the first line of a field that is not YAML as its name and value, where it has both."""
    found = LINE.match(block, start)
    name, _, value = found[0].partition(":") if found else ("", "", "")
    if not (name.strip() and value.strip()) or name[0] in "-#\"'{[":
        return []
    at = start + len(name) + 1 + len(value) - len(value.lstrip())
    key = Leaf(name.strip(), line, start, start + len(name))
    return [(key, Leaf(value.strip(), line, at, at + len(value.strip())))]


def _fit(block: str) -> tuple[str, list[Problem]]:
    """Put a space for every character YAML has no place for, so that offsets stay true."""
    problems = [
        Problem("", line_of(block, found.start()), f"the character {shown(found[0])} cannot stand here: delete it")
        for found in islice(_UNFIT.finditer(block), MOST_PROBLEMS)
    ]
    return _UNFIT.sub(" ", block), problems


def line_of(text: str, offset: int) -> int:
    """Count the lines that end before an offset."""
    return len(re.findall(r"\r\n|\r|\n", text[:offset]))


def _statement_at(block: str, line: int) -> tuple[int, int, int]:
    """Find where the field that holds this line begins and ends, and its first line.

    A field begins at a line that is not indented and reaches to the next such.
    """
    first, start, end = 0, 0, len(block)
    for number, found in enumerate(LINE.finditer(block)):
        if not found[0].strip() or found[0][0] in " \t":
            continue
        if number > line:
            end = found.start()
            break
        if found[0][0] != "-" or not start:
            first, start = number, found.start()
    return start, end, first


class _Reading:
    """One pass over the events of a block."""

    def __init__(self, block: str) -> None:
        self.block = block
        self.pairs: list[Pair] = []
        self.problems: dict[tuple[int, str], Problem] = {}
        self.spans: list[tuple[int, int]] = []
        self.stack: list[Branch] = []
        self.documents = 0

    def run(self) -> Problem | None:
        """Read all; return what stopped it, or None."""
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(self.block, Loader=loader):
                self._take(event)
        except yaml.MarkedYAMLError as problem:
            return self._trouble(problem)
        except (yaml.YAMLError, RecursionError) as problem:
            return Problem("", 0, f"cannot be read: {shown(str(problem))}")
        return None

    def all_problems(self) -> list[Problem]:
        self._find_comments()
        return list(self.problems.values())

    def _take(self, event: Any) -> None:
        import yaml

        if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            self._place(self._scalar(event))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event, isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._place(self.stack.pop())
        elif isinstance(event, yaml.DocumentStartEvent):
            self._begin(event)

    def _begin(self, event: Any) -> None:
        self.documents += 1
        if self.documents == 2:
            self._report(event.start_mark.line, "second", "dashes end the front matter: delete them")

    def _open(self, event: Any, is_mapping: bool) -> None:
        branch = Branch(event.start_mark.line, is_mapping)
        if event.anchor or event.tag:
            self._refuse_sign(event.start_mark)
        if len(self.stack) == DEEPEST:
            self._report(branch.line, "deep", "nested too deep: a field holds a text, a list, or rows of texts")
        self.stack.append(branch)

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs; at the top, its pairs are the result."""
        if self.stack:
            branch = self.stack[-1]
            if branch.is_mapping and len(branch.keys) == len(branch.values):
                branch.keys.append(self._key(node))
            else:
                branch.values.append(node)
        elif isinstance(node, Branch) and node.is_mapping:
            self.pairs += zip(node.keys, node.values, strict=True)
        elif isinstance(node, Branch) or node.value.strip():
            self._report(node.line, "shape", "is not a `field: value` line: begin with the field's name and a colon")

    def _key(self, node: Node) -> Leaf:
        if isinstance(node, Leaf):
            return node
        self._report(node.line, "key", "the name of a field must be plain words: put the value in quotes")
        return Leaf("", node.line, 0, 0)

    def _scalar(self, event: Any) -> Leaf:
        start, end, line = event.start_mark.index, event.end_mark.index, event.start_mark.line
        style = getattr(event, "style", None)
        value = getattr(event, "value", "")
        if event.anchor or getattr(event, "tag", None):
            self._refuse_sign(event.start_mark)
            value = self.block[start:end].strip()
        elif style in ("|", ">") and "#" in self.block[start:end].splitlines()[0]:
            self._refuse_comment(line)
        elif style in ("'", '"') and self.block[start + 1 : end - 1] == value:
            self.spans.append((start, end))
            return Leaf(value, line, start + 1, end - 1)
        if not style and (cut := _CUT.match(self.block, end)):
            self._refuse_comment(event.end_mark.line)
            start = start if value else cut.end() - len(cut[0].lstrip())
            value, end = (value + cut[0]).strip(), cut.end()
        end = start + len(self.block[start:end].rstrip())
        self.spans.append((start, end))
        return Leaf(value, line, start, end)

    def _refuse_sign(self, mark: Any) -> None:
        sign = self.block[mark.index : mark.index + 1]
        self._report(mark.line, "sign", f"a value that begins with {shown(sign)} must stand in quotes")

    def _refuse_comment(self, line: int) -> None:
        self._report(line, "comment", 'the text from `#` on would be cut: put the whole value in quotes, "like this"')

    def _find_comments(self) -> None:
        """Report every comment that is not a line of its own from its first column."""
        outside, last = [], 0
        for start, end in sorted(self.spans):
            outside.append((last, start))
            last = max(last, end)
        for start, end in [*outside, (last, len(self.block))]:
            for found in re.finditer(r"#[^\r\n]*", self.block[start:end]):
                at = start + found.start()
                if at and self.block[at - 1] in " \t" and len(self.problems) < MOST_PROBLEMS:
                    self._refuse_comment(line_of(self.block, at))

    def _report(self, line: int, what: str, message: str) -> None:
        self.problems.setdefault((line, what), Problem("", line, message))

    def _trouble(self, problem: yaml.MarkedYAMLError) -> Problem:
        """Say in plain words what YAML stumbled over, at the line a person should look at."""
        context = problem.context or ""
        opened = re.search(r"quoted scalar|flow (sequence|mapping)", context)
        began_before = problem.context_mark if opened or "simple key" in context else None
        mark = began_before or problem.problem_mark or problem.context_mark
        line = mark.line if mark else 0
        text = next((found[0] for number, found in enumerate(LINE.finditer(self.block)) if number == line), "").rstrip()
        value = text.partition(":")[2].strip()
        if opened:
            advice = "a quote or bracket is opened and not closed: close it, or put the whole value in quotes"
        elif re.match(r"[\w -]+:\S", text):
            advice = f"{shown(text)} has no space after the colon: put one"
        elif "\t" in text[: len(text) - len(text.lstrip())]:
            advice = "a tab stands where spaces belong: indent with spaces"
        elif value[:1] and value[0] in "@`%&*!|>[]{},?\"'":
            advice = f"a value that begins with {shown(value[0])} must stand in quotes"
        elif re.search(r":(\s|$)", value):
            advice = f"{shown(text)} has a second colon: put the value in quotes"
        else:
            advice = (
                f"{shown(text)} is not a `field: value` line: put the value in quotes, or indent it under its field"
            )
        return Problem("", line, advice)
