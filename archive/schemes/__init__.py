"""What an identifier looks like: templates, the numbers made from them, and how they are found in text.

One template gives a scheme's generator, its strict form and its lenient form. Literal text stands as it is;
`{year:4}` is a year from 1900 to 2099 (`{year:2}` its last two digits), `{n:4}` exactly four digits, `{n:04}` at
least four (padded with zeros), `{n}` as many as needed, `{tab:2}` a second number of two digits, `{rev}` a revision,
which is always the last thing, never required and never part of the key; `[ … ]` is an optional part.

Pure: nothing here reads files, settings or clocks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.schemes.built_in import BUILT_IN
    from archive.schemes.recognition import Schemes, compile_schemes, parse_key, recognise
    from archive.schemes.scheme import Scheme, format_key, parts_of
    from archive.schemes.shapes import fold, identifier_shaped, identifier_tokens, segments, skeleton

__all__ = [
    "BUILT_IN",
    "Scheme",
    "Schemes",
    "compile_schemes",
    "fold",
    "format_key",
    "identifier_shaped",
    "identifier_tokens",
    "parse_key",
    "parts_of",
    "recognise",
    "segments",
    "skeleton",
]

_WHERE = {
    "BUILT_IN": "built_in",
    **dict.fromkeys(("Schemes", "compile_schemes", "parse_key", "recognise"), "recognition"),
    **dict.fromkeys(("Scheme", "format_key", "parts_of"), "scheme"),
    **dict.fromkeys(("fold", "identifier_shaped", "identifier_tokens", "segments", "skeleton"), "shapes"),
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archive.schemes.{_WHERE[name]}"), name)
