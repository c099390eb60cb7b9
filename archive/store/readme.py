"""The README.txt that lies in every archive, for whoever finds the folder without the program."""

from __future__ import annotations

README = """\
THIS FOLDER IS A DOCUMENT ARCHIVE

It keeps documents exactly as they were received, and a log that shows whether anything was changed since.
Please do not rename, edit or delete anything in here. To look something up, use the program "archive";
to have a copy for safety, copy state/ first, then log/, entries/, objects/, then the rest; derived/ may be left out.

What lies where
  objects/      every document, and the text read from it. A file's name is the SHA-256 of its content:
                sha256sum objects/ab/ab12...   prints the same name when the file is intact.
  entries/      one statement a line (JSON): what was received or stated, when, by whom, from where.
  log/          one line for each line of entries/, of the same number, with hashes only.
                "entry" is the SHA-256 of that line of entries/ (without its line end);
                "prev" is the SHA-256 of the log line before (of line 1: of the file archive.json).
                A line with "end":true closes a group; lines behind the last one were never acknowledged.
                Each file holds 10,000 lines; file 00000002 begins with line 10,001.
  checkpoints/  signed summaries of the log.
  archive.toml  settings, kinds/ the firm's own kinds of record.
  inbox/        files dropped here are taken in; inbox/_taken holds them afterwards.
  tmp/, state/  work in progress, and a list of what became of every file that was dropped.
  derived/      made from the above for quick answers; it may be deleted at any time: archive rebuild

To check line 7 by hand
  sed -n 7p entries/00000001.jsonl | tr -d '\\n' | sha256sum      must equal "entry" in line 7 of the log
  sed -n 6p log/00000001.jsonl | tr -d '\\n' | sha256sum          must equal "prev" in line 7 of the log

An entry whose line says "destroyed_under" stood for a document that was lawfully destroyed; the entry
"disposal" with that key holds the hash of the line that took its place.
"""
