"""Templates to regular expressions: the strict form, the lenient form, the revision, the pre-filter.

No expression nests one repetition in another and each repetition is bounded, so matching at one place costs a
bounded number of steps whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from archive.schemes.signs import DASHES, SPACES
from archive.schemes.template import NUMBERS, Piece, has_letters

SEPARATORS = DASHES + "_/." + SPACES
READ_AS_DIGIT = str.maketrans("OoQIl|ZzSs$B", "000111225558")

_TAKEN_FOR = {"O": "0Q", "Q": "0O", "I": "1l|", "Z": "2", "S": "5$", "B": "8"}
_TAKEN_FOR |= {"0": "OoQ", "1": "Il|", "2": "Zz", "5": "Ss$", "8": "B"}
_DIGIT = "[0-9OoQIl|ZzSs$B]"
_DASH = f"[{re.escape(DASHES)}]"
_SPACE = f"[{SPACES}]"
_BREAK = r"[ \t]{0,40}\r?\n[ \t]{0,40}"
LINE_BREAK = re.compile(_BREAK)
_SEPARATOR = f"(?:{_SPACE}{_DASH}|{_DASH}(?:{_SPACE}|{_BREAK})?|[_/.]|{_SPACE})"
_RUNS = re.compile(rf"[{re.escape(SEPARATORS)}]+|[^\W\d_]+|.")

# Two letters after "rev" that are a word in a heading of capitals, not a revision.
_WORDS = "AM|AN|AS|AT|BE|BY|DO|ER|ES|GO|IF|IM|IN|IS|IT|NO|OF|ON|OR|SO|TO|UM|UP|US|WE|ZU"
_END = r"(?![^\W_]|[./-][0-9])"
_LETTERS = rf"(?!(?:{_WORDS}){_END})[A-Z]{{1,2}}"
_REVISION = rf"{_LETTERS}|[0-9]{{1,3}}"
_LEAD = r"[ \t]{0,2}(?:\r?\n[ \t]{0,8}|[,;:(_-])?[ \t]{0,2}(?:(?:in|at)[ \t])?"
_GAP = r"(?:[ \t][.:_-]{0,2}|[.:_-]{1,2})[ \t]{0,2}"
_MONTH = r"\.|[ \t]{1,9}(?i:jan|feb|m[aä]r|apr|ma[iy]|ju[nl]|aug|sep|o[ck]t|nov|de[cz])"
CITED_REVISION = re.compile(
    # Attached, "revC" and "REV3" count; "REVS" is a plural.
    rf"{_LEAD}(?:(?:[Rr]ev(?=[A-Z0-9])|(?i:rev)(?:(?=[0-9])|{_GAP}))(?P<short>{_REVISION}|[a-z]){_END}"
    rf"|(?i:revision|ausgabe){_GAP}(?P<full>{_REVISION}){_END}"
    # "Stand 12. März" is a day.
    rf"|(?i:stand){_GAP}(?P<state>{_LETTERS}|[0-9]{{1,3}}(?!{_MONTH})){_END})"
)
REVISION = re.compile(_REVISION)


def strict(pieces: Iterable[Piece]) -> re.Pattern[str]:
    """Compile the form as the template has it; a line may break after a hyphen."""
    return re.compile(_join(pieces, lambda text, _: re.escape(text).replace(r"\-", rf"-(?:{_BREAK})?"), _strict_number))


def lenient(pieces: tuple[Piece, ...]) -> re.Pattern[str]:
    """Compile the form that a scan or a hasty writer makes of it; what it finds must still be judged."""
    if not has_letters(pieces):  # bare numbers stay digits: only the kind of dash is free
        return re.compile(_join(pieces, lambda text, _: re.escape(text).replace(r"\-", _DASH), _strict_number))
    return re.compile(_join(pieces, _lenient_text, _lenient_number))


def revision(tail: tuple[Piece, ...]) -> re.Pattern[str] | None:
    """Compile the template's own way to cite a revision; None where it has none."""
    if not tail:
        return None
    lead = "".join(piece.text for piece in tail[:-1])
    # Only a word makes a loosely written lead safe: "AB-12 20 pieces" is no revision 20 of a template AB-{n}-{rev}.
    spelled = _lenient_text(lead, False) if any(len(run) > 2 for run in _RUNS.findall(lead)) else re.escape(lead)
    return re.compile(f"{spelled}(?P<rev>{_REVISION if lead else _LETTERS}){_END}")


def first_characters(pieces: tuple[Piece, ...]) -> str:
    """Return every character that the lenient form may begin with."""
    if pieces[0].name:
        return "0123456789"
    run = _RUNS.findall(pieces[0].text)[0]
    return _alike(run[0], len(run)) if run.isalnum() else str(run[0])


def gate(every: Iterable[tuple[Piece, ...]]) -> re.Pattern[str]:
    """Compile the pre-filter: where at all an identifier of one of the templates may begin."""
    rests: dict[str, dict[str, None]] = {}
    for pieces in every:
        first, rest = _opening(pieces)
        rests.setdefault(first, {})[rest] = None
    branches = [f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items()]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(branches)})" if branches else r"(?!)")


def _opening(pieces: tuple[Piece, ...]) -> tuple[str, str]:
    first = f"[{re.escape(first_characters(pieces))}]"
    text = pieces[0].text
    run = _RUNS.findall(text)[0] if text else ""
    if not run.isalnum():
        return first, ""
    rest = "".join(f"[{re.escape(_alike(letter, len(run)))}]" for letter in run[1:])
    if len(pieces) > 1 and pieces[1].name in NUMBERS and not pieces[1].group:
        rest += _lenient_text(text[len(run) :], False) + f"(?={_DIGIT})"
    return first, rest


def _join(pieces: Iterable[Piece], literal: Callable[[str, bool], str], number: Callable[[Piece], str]) -> str:
    built, group, after_number = "", 0, False
    for piece in pieces:
        if piece.group != group:
            built += (")?" if group else "") + ("(?:" if piece.group else "")
            group = piece.group
        built += f"(?P<{piece.name}>{number(piece)})" if piece.name else literal(piece.text, after_number)
        after_number = bool(piece.name)
    return built + (")?" if group else "")


def _strict_number(piece: Piece) -> str:
    if piece.name == "year":
        return "(?:19|20)[0-9]{2}" if piece.width == 4 else "[0-9]{2}"
    if not piece.width:
        return "(?:[1-9][0-9]{0,8}|0)"
    exact = f"[0-9]{{{piece.width}}}"
    return f"(?:[1-9][0-9]{{{piece.width},9}}|{exact})" if piece.grows else exact


def _lenient_number(piece: Piece) -> str:
    if not piece.width:
        return "[0-9]{1,9}"
    # Digits beyond the padding must be true ones: the s of a plural is no fifth digit.
    least = f"{_DIGIT}{{1,{piece.width}}}"
    return f"(?:[1-9][0-9]{{{piece.width},9}}|{least})" if piece.grows else f"{_DIGIT}{{{piece.width}}}"


def _lenient_text(text: str, after_number: bool) -> str:
    built = ""
    for run in _RUNS.findall(text):
        if run[0] in SEPARATORS:
            built += _SEPARATOR if len(run) == 1 else f"[{re.escape(SEPARATORS)}]{{1,{len(run) + 1}}}"
        elif after_number:  # next to a number, a letter taken for a digit could be either
            built += re.escape(run)
        else:
            built += "".join(f"[{re.escape(_alike(letter, len(run)))}]" for letter in run)
        after_number = False
    return built


def _alike(letter: str, run: int) -> str:
    """Return the characters a letter may be misread as; in a run of one or two, only signs and digits in capitals."""
    taken = _TAKEN_FOR.get(letter.upper(), "")
    if not letter.isalpha():
        return letter + taken
    if run < 3:
        return letter + "".join(sign for sign in taken if not sign.isalpha())
    return "".join(dict.fromkeys(letter + letter.upper()[:1] + letter.lower()[:1] + taken))
