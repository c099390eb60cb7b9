"""A Markdown record: front matter and sections as fields, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from archive.model import Field
from archive.records.loading import load_kinds
from archive.records.rules import FieldRule, Kind, Kinds, Problem, nearest, shown, slug
from archive.records.values import is_stated
from archive.records.yaml_text import LINE, Branch, Leaf, Node, line_of, read_pairs

MOST_FIELDS = 500
MOST_PROBLEMS = 200

_OPENING = re.compile(r"\ufeff?(?:[ \t]*(?:\r\n|\r|\n))*---[ \t]*(?:\r\n|\r|\n)")
_HEADING = re.compile(r" {0,3}(#{1,2})[ \t]+(.*?)[ \t]*#*[ \t]*(?:\r\n|\r|\n|\Z)")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_REMARK = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """A first- or second-level heading; `start:end` is the text under it, up to the next one."""

    level: int
    words: str
    line: int
    start: int
    end: int


def read_front_matter(text: str, kinds: Kinds | None = None) -> tuple[list[Field], str, list[Problem]]:
    """Read a record's fields from its Markdown, with the body below them and all that is wrong.

    Args:
        text: the whole file; offsets of the fields count its characters, its page is 1.
        kinds: needed where the firm has kinds of its own; else those of the package.

    A text without front matter has no fields and no problems. Fields bear the name their kind has for them,
    whatever synonym is written; unknown ones keep theirs. A section (`## Risks`) becomes a field where the
    kind has one of that name that the front matter does not state. The body is all that follows the front
    matter, sections included. A value is always as written: text, a list of texts, or a list of rows.
    """
    bounds = _bounds(text)
    if bounds is None:
        return [], text, []
    start, end, body, problems = bounds
    pairs, found = read_pairs(text[start:end])
    named = next((value.value for key, value in pairs if slug(key.value) == "kind" and isinstance(value, Leaf)), "")
    form = _Form((kinds or load_kinds()).find(named), line_of(text, start) + 1, start, problems)
    problems += [replace(problem, line=problem.line + form.line) for problem in found]
    if len(pairs) > MOST_FIELDS:
        problems.append(Problem("", form.line, f"{len(pairs)} fields: only the first {MOST_FIELDS} are read"))
    for key, node in pairs[:MOST_FIELDS]:
        form.take(key, node)
    for section in headings(text, body):
        form.take_section(text, section)
    problems.sort(key=lambda problem: problem.line)
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [Problem("", 0, f"{len(problems) - MOST_PROBLEMS} more problems are not listed")]
    return list(form.fields.values()), text[body:], problems


def headings(text: str, start: int = 0) -> list[Heading]:
    """List the first- and second-level headings from an offset on; those inside fenced code do not count."""
    found: list[Heading] = []
    fence = ""
    line = line_of(text, start) + 1
    for number, match in enumerate(LINE.finditer(text, start)):
        if mark := _FENCE.match(match[0]):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and len(match[0]) < 300 and (heading := _HEADING.fullmatch(match[0])):
            if found:
                found[-1] = replace(found[-1], end=match.start())
            found.append(Heading(len(heading[1]), heading[2], line + number, match.end(), len(text)))
    return found


def without_remarks(text: str) -> str:
    """Return what is left to read: `<!-- … -->` is help, not a statement."""
    return _REMARK.sub("", text).strip()


def _bounds(text: str) -> tuple[int, int, int, list[Problem]] | None:
    """Where the front matter begins and ends and the body begins, or None where there is none."""
    opening = _OPENING.match(text)
    if opening is None:
        return None
    start = opening.end()
    for line in LINE.finditer(text, start):
        if re.fullmatch(r"(---|\.\.\.)\s*", line[0]):
            return start, line.start(), line.end(), []
    blank = next((line.start() for line in LINE.finditer(text, start) if not line[0].strip()), len(text))
    if not re.search(r"(?:\A|[\r\n])kind[ \t]*:", text[start:blank], re.IGNORECASE):
        return None
    end = Problem("", line_of(text, start), "the front matter has no end: put a line of --- below its last field")
    return start, blank, blank, [end]


@dataclass(slots=True)
class _Form:
    """The fields of one record as they are taken in.

    Attributes:
        line, start: where the front matter begins in the file.
    """

    kind: Kind | None
    line: int
    start: int
    problems: list[Problem]
    fields: dict[str, Field] = field(default_factory=dict)

    def take(self, key: Leaf, node: Node) -> None:
        """Take in a field of the front matter; the first of a name counts."""
        rule = self.kind.field(key.value) if self.kind else None
        name = "kind" if slug(key.value) == "kind" else rule.name if rule else key.value
        leaves = [node] if isinstance(node, Leaf) else list(node.leaves())
        start, end = (leaves[0].start, max(leaf.end for leaf in leaves)) if leaves else (key.end, key.end)
        value = self._value(name, node, rule)
        taken = Field(name, value, 1, key.line + self.line, start + self.start, end + self.start)
        if name in self.fields:
            self._take_again(self.fields[name], taken, key.value)
        else:
            self.fields[name] = taken

    def take_section(self, text: str, section: Heading) -> None:
        """Take in a section whose heading is a field of the kind that nothing states yet."""
        label = slug(section.words)
        if section.level != 2 or not label:
            return
        rule = self.kind.field(label) if self.kind else FieldRule(label, "longtext")
        if rule is None:
            self._suggest(section, label)
            return
        words = text[section.start : section.end]
        value = without_remarks(words)
        stated = self.fields.get(rule.name)
        if value and (stated is None or not is_stated(stated.value)):
            start = section.start + len(words) - len(words.lstrip())
            end = section.start + len(words.rstrip())
            self.fields[rule.name] = Field(rule.name, value, 1, section.line, start, end)

    def _value(self, name: str, node: Node, rule: FieldRule | None) -> Any:
        """A node as text, list of texts or list of rows."""
        if isinstance(node, Leaf):
            return node.value
        if node.is_mapping:
            return [self._row(name, node, rule)]
        values: list[Any] = []
        for item in node.values:
            if isinstance(item, Leaf):
                values.append(item.value)
            elif item.is_mapping:
                values.append(self._row(name, item, rule))
            else:
                self._report(name, item.line, f"`{name}` holds a list in a list: write one list")
                values += [leaf.value for leaf in item.leaves()]
        return values

    def _row(self, name: str, node: Branch, rule: FieldRule | None) -> dict[str, str]:
        row: dict[str, str] = {}
        for key, cell in zip(node.keys, node.values, strict=True):
            column = rule.column(key.value) if rule else None
            label = column.name if column else key.value
            if isinstance(cell, Branch):
                self._report(name, cell.line, f"`{name}`, {label}: a cell holds one text, not a list")
            if label in row:
                self._report(name, key.line, f"`{name}`, {label} is stated twice in one row: keep one of them")
            text = cell.value if isinstance(cell, Leaf) else "; ".join(leaf.value for leaf in cell.leaves())
            row.setdefault(label, text)
        return row

    def _take_again(self, kept: Field, other: Field, written: str) -> None:
        """Report a field stated again, unless another word for it says the same."""
        if kept.value == other.value and slug(written) != kept.name:
            return
        as_written = "" if written == kept.name else f" (as {shown(written)})"
        lines = f"in line {kept.line} and again in line {other.line}{as_written}"
        self.problems.append(Problem(kept.name, other.line, f"{shown(kept.name)} is stated {lines}: keep one of them"))

    def _suggest(self, section: Heading, label: str) -> None:
        """Point out a heading that is nearly the name of a narrative field that nothing states."""
        rules = self.kind.fields if self.kind else ()
        near = nearest(label, [rule.name for rule in rules if rule.is_narrative and rule.name not in self.fields])
        if near:
            message = f"the heading {shown(section.words)} is no field; did you mean `## {near}`?"
            self.problems.append(Problem(near, section.line, message, "warning"))

    def _report(self, name: str, line: int, message: str) -> None:
        self.problems.append(Problem(name, line + self.line, message))
