"""Every error the archive raises on purpose, each with the exit code of the command line.

    ArchiveError            70  internal: a mistake in the program
    ├── Usage                2  the command is not spelled as the verb expects
    │   └── Ambiguous        2  a name fits several things; the candidates are listed
    ├── NotFound             3  the thing named is not in this archive, or there is no archive
    ├── Refused              4  a rule or a hold forbids it
    ├── Invalid              5  the input is wrong; all problems are listed
    ├── Unreadable           6  one named thing cannot be read
    ├── Damaged              7  bytes on disk are not what was logged
    ├── Busy                 8  another program holds the archive
    └── CannotWrite          9  disk full, permission
        └── Newer            9  the archive was written by a newer program

This module imports nothing. A message says what is wrong, which thing, and what to do.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """The root: `exit_code` is what the command line ends with."""

    exit_code = 70


class Usage(ArchiveError):
    exit_code = 2


class Ambiguous(Usage):
    """A name fits several things.

    Attributes:
        candidates: what it may mean, best first, each as a person would type it.
    """

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


class NotFound(ArchiveError):
    exit_code = 3


class Refused(ArchiveError):
    exit_code = 4


class Invalid(ArchiveError):
    """The input is wrong.

    Attributes:
        problems: every problem found, one plain sentence each; at least one.
    """

    exit_code = 5

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems or (message,)


class Unreadable(ArchiveError):
    exit_code = 6


class Damaged(ArchiveError):
    exit_code = 7


class Busy(ArchiveError):
    exit_code = 8


class CannotWrite(ArchiveError):
    exit_code = 9


class Newer(CannotWrite):
    """The archive's format is newer than this program."""
