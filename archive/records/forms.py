"""The blank Markdown form of a kind."""

from __future__ import annotations

from archive.records.rules import FieldRule, Kind


def template(kind: Kind) -> str:
    """Write the blank form: front matter for what fits in a line, a heading for what is told in sentences.

    What each field is for stands below, in remarks that are not read as statements. It parses as it is, with
    no problem but what is missing.
    """
    told = [rule for rule in kind.fields if rule.type == "longtext" or rule.prose]
    lines = ["---", f"kind: {kind.name}"]
    for rule in sorted((rule for rule in kind.fields if rule not in told), key=lambda rule: rule.name != "id"):
        if rule.name != "id" or not kind.compose:
            lines += _blank(rule)
    lines += ["---", "", f"# {kind.title}", "", f"<!-- {kind.help}", ""]
    lines += [_explained(rule) for rule in kind.fields if rule not in told and (rule.name != "id" or not kind.compose)]
    lines += ["-->"]
    for rule in told:
        lines += ["", f"## {_heading(rule.name)}", "", f"<!-- {rule.help}{_need(rule)} -->"]
    return "\n".join(lines) + "\n"


def _blank(rule: FieldRule) -> list[str]:
    if rule.columns:
        cells = [f"{column.name}:" for column in rule.columns]
        return [f"{rule.name}:", f"  - {cells[0]}", *(f"    {cell}" for cell in cells[1:])]
    return [f"{rule.name}: []" if rule.many else f"{rule.name}:"]


def _explained(rule: FieldRule) -> str:
    words = _choices(rule)
    several = " Several: [one, two]." if rule.many and not rule.columns else ""
    columns = "".join(f"\n    {column.name}: {column.help}{_choices(column)}" for column in rule.columns)
    return f"{rule.name}: {rule.help}{words}{several}{_need(rule)}{columns}"


def _choices(rule: FieldRule) -> str:
    return f" One of: {', '.join(rule.choices)}." if rule.choices else ""


def _need(rule: FieldRule) -> str:
    if rule.required:
        return " Needed."
    return f" Needed before the change counts as {rule.asked_at}." if rule.asked_at else ""


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()
