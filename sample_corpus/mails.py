"""The mails and the returns list of the sample, written byte by byte so that every run gives the same bytes."""

from __future__ import annotations

import base64

_COMPLAINT = """Dear Ms Fernwald,

the twelve W-2 from our order of 18 March arrived on Thursday the 16th. Agnes Thimble of our works engineering has
measured four of them on the cold-water rig. None gives more than 37.4 l/min at 3.0 bar. SPC-1001-02 rev B, which came
with your quotation, promises 40 in clause 3.1, and the plates on the pumps say 36. Her report is attached.

Before we take the other eight out of their crates I should like to know what happened. Line 3 is to go over to
the new pumps in the last week of June.

Kind regards
Percival Bramwick
Purchasing Director
Nodvale Dairies Ltd
"""

_APPROVAL = """Jorin,

back at my desk and I have read the minutes of 23 April and your request.

The decision of that meeting, DEC-2024-0014, stands: ECR-2024-0017 is approved. You may take this as my signature for
the release of SPC-1001-02 rev C and for the first two hundred cartridges 02091-C-71, 6400.00 EUR in all.

Two things. Rev C is not to be released before this mail is in the change file, please pass it on to Hedda. And
orders confirmed to rev B get pumps to rev B; sales should have the list by now.

Bertram

Bertram Quast
Technical Director
Murmelbach Pumpenwerk GmbH, Am Nirgendsteig 7, 00731 Murmelbach


> From: Jorin Talmann
> Sent: 30 April 2024 09:12
>
> Bertram, rev C is drafted and with document control. Only your signature on ECR-2024-0017 is missing.
> Production wants to start in week 19.
> Jorin
"""

_BOUNDARY = "=_part_5a2f90c1d7"

_RETURNS = """Eingang;Kunde;Modell;Seriennummer;Menge;Grund;Entscheidung;Gutschrift EUR
09.01.2024;Käserei Unterfunzel;W-1;180233;1;Lager laut;repariert;0,00
16.01.2024;Brauhaus Zum Leeren Fass;W-2;231187;1;Späne im Laufrad, Sieb durchlässig;Laufrad ersetzt;0,00
06.02.2024;Landtechnik Ohneort;W-2;231204;1;falsche Spannung bestellt;umgetauscht;1.290,00
21.02.2024;Käserei Unterfunzel;W-2;231240;1;Späne im Laufrad, Sieb durchlässig;Laufrad ersetzt;0,00
12.03.2024;Maschinenbau Irgendwer;W-2;240088;2;Transportschaden;umgetauscht;2.580,00
11.04.2024;Brauhaus Zum Leeren Fass;W-2;240131;1;Späne im Laufrad, Sieb durchlässig;Laufrad ersetzt;0,00
02.05.2024;Landtechnik Ohneort;W-1;190417;1;Dichtung verschlissen;repariert;0,00
17.06.2024;Maschinenbau Irgendwer;W-2;240655;1;Förderstrom 36 statt 40 l/min;in Prüfung;
19.06.2024;Nodvale Dairies Ltd;W-2;240611-240622;12;Förderstrom 36 statt 40 l/min, noch nicht eingetroffen;angekündigt;
"""


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8")


def complaint(report: bytes) -> bytes:
    """Write the customer's mail with the measurement report as its attachment."""
    encoded = base64.encodebytes(report).decode("ascii")
    return _crlf(
        "Return-Path: <p.bramwick@nodvale.example>\n"
        "Received: from mail.nodvale.example (mail.nodvale.example [192.0.2.14])\n"
        " by mx.murmelbach.example with ESMTPS; Tue, 28 May 2024 11:42:31 +0200\n"
        "Date: Tue, 28 May 2024 10:42:17 +0100\n"
        "From: Percival Bramwick <p.bramwick@nodvale.example>\n"
        "To: Imke Fernwald <imke.fernwald@murmelbach.example>\n"
        "Cc: Agnes Thimble <a.thimble@nodvale.example>\n"
        "Subject: Feed pumps W-2 - flow too low\n"
        "Message-ID: <4c1e77f0.20240528094217@nodvale.example>\n"
        "MIME-Version: 1.0\n"
        f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"\n'
        "\n"
        f"--{_BOUNDARY}\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        f"{_COMPLAINT}"
        f"--{_BOUNDARY}\n"
        'Content-Type: application/pdf; name="Flow measurement.pdf"\n'
        "Content-Transfer-Encoding: base64\n"
        'Content-Disposition: attachment; filename="Flow measurement.pdf"\n'
        "\n"
        f"{encoded}"
        f"--{_BOUNDARY}--\n"
    )


def approval() -> bytes:
    """Write the mail by which the technical director approved the disputed change."""
    return _crlf(
        "Date: Tue, 14 May 2024 16:05:12 +0200\n"
        "From: Bertram Quast <bertram.quast@murmelbach.example>\n"
        "To: Jorin Talmann <jorin.talmann@murmelbach.example>\n"
        "Subject: Re: W-2 rated flow - your signature\n"
        "Message-ID: <20240514160512.7731@murmelbach.example>\n"
        "In-Reply-To: <20240430091203.7502@murmelbach.example>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        f"{_APPROVAL}"
    )


def returns() -> bytes:
    """Write the list of returns as the firm's spreadsheet exports it: UTF-8 with its mark, semicolons, CRLF."""
    return b"\xef\xbb\xbf" + _crlf(_RETURNS)
