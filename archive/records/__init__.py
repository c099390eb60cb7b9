"""What a record is: kinds as data, front matter read into fields, fields checked and understood.

Pure: nothing here touches the outside world but the kinds that come with the package.
"""

from __future__ import annotations

from archive.records.checks import validate
from archive.records.facts import DeclaredLink, by_name, date_of, key_of, links_of, title_of
from archive.records.forms import template
from archive.records.front_matter import read_front_matter
from archive.records.loading import load_kinds
from archive.records.rules import RELATIONS, FieldRule, Kind, Kinds, Problem
from archive.records.values import (
    Money,
    Quantity,
    Range,
    as_bool,
    as_choice,
    as_date,
    as_datetime,
    as_list,
    as_money,
    as_qty,
    as_range,
    as_rows,
)

__all__ = [
    "RELATIONS",
    "DeclaredLink",
    "FieldRule",
    "Kind",
    "Kinds",
    "Money",
    "Problem",
    "Quantity",
    "Range",
    "as_bool",
    "as_choice",
    "as_date",
    "as_datetime",
    "as_list",
    "as_money",
    "as_qty",
    "as_range",
    "as_rows",
    "by_name",
    "date_of",
    "key_of",
    "links_of",
    "load_kinds",
    "read_front_matter",
    "template",
    "title_of",
    "validate",
]
