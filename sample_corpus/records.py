"""The structured records of the sample, as their keepers typed them: file name -> text."""

from __future__ import annotations

RECORDS: dict[str, str] = {
    "product card feed pump.md": """---
kind: product
id: P-0002
title: Feed pump W-2
family: W series
phase: production
owner: Imke Fernwald
date: 2022-09-12
names:
  - W-2
  - feed pump W-2
  - Speisepumpe W-2
---

# Feed pump W-2

Self-priming feed pump for dairies and breweries, 3.0 bar, one stage, shaft sealed by a cartridge since the spring of
2024. Sold since September 2022; about 260 pumps a year, two thirds of them to machine builders.

The performance that we promise a customer stands in SPC-1001-02. The seal cartridge is part 02091-C-71.
""",
    "part card seal cartridge.md": """---
kind: part
id: 02091-C-71
title: Seal cartridge, EPDM, 22 mm shaft
part_no: 02091-C-71
description: Seal cartridge, EPDM, for a shaft of 22 mm
unit: piece
make_or_buy: make
owner: Jorin Talmann
date: 2024-03-04
products:
  - P-0002
---

# Seal cartridge 02091-C-71

Own manufacture, cell 4. Takes the place of the bought-in lip seal, whose supplier delivered for the last time at the
end of March 2024. First lot 24-17, two hundred pieces.

The cartridge runs with more friction than the lip seal did and narrows the passage behind the impeller. What that costs
in flow is in ECR-2024-0017.
""",
    "authority product manager.md": """---
kind: authority
id: Imke Fernwald, product_manager, 2021-01-01
title: Imke Fernwald, product manager
person: Imke Fernwald
role: product_manager
scope: Decides on change requests for all products of the W series
limit: 2500.00 EUR
from: 2021-01-01
---

Signed list of authorities of 14 December 2020, line 6. Decides whether a change is made. Where the one-off cost of a
change is above 2500.00 EUR, the technical director signs as well before anything is changed.
""",
    "authority technical director.md": """---
kind: authority
id: Bertram Quast, technical_director, 2019-07-01
title: Bertram Quast, technical director
person: Bertram Quast
role: technical_director
scope: Authorises changes of products, drawings and specifications
limit: 25000.00 EUR
from: 2019-07-01
---

Signed list of authorities of 14 December 2020, line 2. Signs changes up to 25000.00 EUR of one-off cost; above that the
management board.
""",
    "change request - rated flow.md": """---
kind: change_request
id: ECR-2024-0017
title: Lower the rated flow of the W-2 to 36 l/min
requester: Jorin Talmann
requested_on: 2024-04-08
description: Lower the rated flow of feed pump W-2 from 40 to 36 l/min at 3.0 bar and name the seal cartridge 02091-C-71 in the specification.
reason: The lip seal is no longer made; with our own cartridge the pump does not reach 40 l/min.
category: performance
track: fast
products:
  - P-0002
owner: Hedda Linnartz
affects:
  - item: SPC-1001-02
    rev_now: B
    action: revise
    target_rev: C
    note: Clauses 3.1, 3.4, 4.2 and 5.1
relevance: Every W-2 built from week 19 on has the cartridge.
needed_by: 2024-05-06
if_rejected: No W-2 can be delivered to the specification once the lip seals in stock are used up, about week 18.
source: Kopie von Change request form.docx
---

# ECR-2024-0017

## What is to change

SPC-1001-02 rev B promises 40 l/min at 3.0 bar (clause 3.1). Eleven pumps built with cartridge 02091-C-71 gave between
36.6 and 37.9 l/min on the test bench. The promise is to become *not less than 36 l/min*.

## Costs

Two hundred cartridges and the change of the test bench: 6400.00 EUR once. Nothing recurring; the cartridge costs 0.85 EUR
less than the lip seal.

## Risks

Customers who have ordered to rev B and not been supplied yet. Sales has to say who they are before the first pump with
the cartridge leaves the house.
""",
    "Änderungsantrag Ansaugsieb.md": """---
kind: change_request
id: ECR-2024-0023
title: Feineres Ansaugsieb für die W-2
requester: Frauke Ellernbrook
requested_on: 2024-04-16
description: Das Ansaugsieb der Speisepumpe W-2 soll mit 0,5 mm statt 0,8 mm Maschenweite geliefert werden.
reason: Drei Rücksendungen seit Januar wegen Fremdkörpern im Laufrad.
category: performance
track: fast
products:
  - P-0002
owner: Hedda Linnartz
affects:
  - item: SPC-1001-02
    rev_now: B
    action: revise
    note: Abschnitt 4.3
needed_by: 2024-07-01
if_rejected: Der Kundendienst baut das feinere Sieb auf Wunsch weiter einzeln ein.
---

# ECR-2024-0023

## Anlass

Seit Januar sind drei Pumpen W-2 mit beschädigtem Laufrad zurückgekommen (Liste der Rücksendungen, Zeilen vom 16.01.,
21.02. und 11.04.2024). In allen dreien lagen Späne von 0,6 bis 0,7 mm, die das Sieb nach SPC-1001-02 rev B, Abschnitt 4.3, durchlässt.

## Vorschlag

Sieb mit 0,5 mm Maschenweite ab Werk. Mehrkosten 1,90 EUR je Pumpe, das Werkzeug ist vorhanden.

## Bitte

Ich bin in der Woche ab dem 22. April beim Kunden und kann zur Sitzung nicht kommen. Bitte gebt mir schriftlich Bescheid.

Frauke Ellernbrook, Kundendienst
""",
    "decision rated flow.md": """---
kind: decision
id: DEC-2024-0014
title: Rated flow of the W-2, approved
of: ECR-2024-0017
outcome: approved
decided_by:
  - Imke Fernwald
decided_on: 2024-04-23
reason: There is no second source for the lip seal, and 36 l/min is still above what nine in ten customers ask for.
products:
  - P-0002
owner: Imke Fernwald
source: Minutes change meeting 23 April FINAL.docx
---

Decided in the change meeting of 23 April 2024, item 2 of the minutes. The one-off cost of 6400.00 EUR is above the product manager's limit:
Bertram Quast has to sign before SPC-1001-02 rev C is released.
""",
    "decision suction strainer.md": """---
kind: decision
id: DEC-2024-0015
title: Finer suction strainer for the W-2, rejected
of: ECR-2024-0023
outcome: rejected
decided_by:
  - Imke Fernwald
decided_on: 2024-04-23
reason: A strainer of 0.5 mm costs another 2 l/min on the suction side, which the W-2 cannot spare with the new cartridge.
products:
  - P-0002
owner: Imke Fernwald
source: Minutes change meeting 23 April FINAL.docx
---

Rejected in the change meeting of 23 April 2024, item 3 of the minutes. Service may go on fitting the finer strainer singly where a customer asks
for it and accepts the loss in writing.
""",
    "note to Jorin.md": """---
kind: communication
id: COM-2024-0031
title: Decision on the rated flow told to Jorin Talmann
direction: internal
medium: e-mail
from: Imke Fernwald
to:
  - Jorin Talmann
sent_on: 2024-04-26
subject: Rated flow of the W-2 - approved, but wait for the signature
about:
  - ECR-2024-0017
conveys:
  - DEC-2024-0014
products:
  - P-0002
---

Jorin,

the meeting on Tuesday approved your request, ECR-2024-0017. Please draft SPC-1001-02 rev C now and send it to document
control. It goes out when Bertram has signed; the money is above my limit and he is away until the second week of May.

Imke
""",
    "revision record new issue.md": """---
kind: revision
id: SPC-1001-02 rev C
title: Performance specification, feed pump W-2, revision C
of: SPC-1001-02
rev: C
status: released
effective_from: 2024-05-06
released_on: 2024-05-06
released_by: Ansgar Pfeil
implements:
  - ECR-2024-0017
supersedes: SPC-1001-02 rev B
change_note: Rated flow 36 instead of 40 l/min at 3.0 bar; seal cartridge 02091-C-71 named; leakage clause adapted.
products:
  - P-0002
owner: Hedda Linnartz
files:
  - Specification feed pump - new issue.pdf
---

Released at the request of production: the first lot with the cartridge stood on the test bench that week. Hedda Linnartz
was on leave from 29 April to 10 May; Ansgar Pfeil stood in for her and worked from the minutes of 23 April.
""",
    "life cycle plan feed pump.md": """---
kind: plan
id: PLN-2024-0004
title: Life-cycle plan, feed pump W-2
purpose: lifecycle
horizon: 2022-09-12 to 2028-12-31
review_every: 6 months
last_reviewed: 2024-02-20
owner: Imke Fernwald
date: 2024-02-20
products:
  - P-0002
---

# Life-cycle plan, feed pump W-2

## Where we stand

Second full year of series production. 251 pumps sold in 2023, 3 per cent returned. The lip seal runs out in the spring; the
last delivery of the supplier is announced for 29 March.

## 2024

| when | what | who |
|---|---|---|
| March | first lot of seal cartridges 02091-C-71 from cell 4 | Jorin Talmann |
| April | change request for the specification through the change meeting | Jorin Talmann |
| week 19 | series with the cartridge begins, SPC-1001-02 in its next revision | Ansgar Pfeil |
| June | tell all open orders what has changed | Imke Fernwald |
| September | review of this plan | Imke Fernwald |

## Materials and staff

Two hundred cartridges for the first half-year, another hundred and fifty by October. The test bench needs one fitter for
two days to be set to the new duty point. A stand-in for document control during the holidays in May is Ansgar Pfeil.

## Later

Successor to the W-2 in concept from 2026; spare parts until ten years after the last delivery.
""",
}

LATER: dict[str, str] = {
    "authorisation rated flow.md": """---
kind: authorisation
id: AUT-2024-0011
title: Lower rated flow of the W-2, authorised
of: ECR-2024-0017
scope: Release of SPC-1001-02 rev C and use of seal cartridge 02091-C-71, one-off cost 6400.00 EUR
authorised_by: Bertram Quast
authority: technical_director, limit 25000.00 EUR
signed_on: 2024-05-14
meaning: Approval of the change for incorporation
products:
  - P-0002
owner: Hedda Linnartz
source: Re_ rated flow - your signature.eml
---

Bertram Quast gave his approval by e-mail on 14 May 2024, to Jorin Talmann, who had asked for the change. Subject of the mail:
"Re: W-2 rated flow - your signature"; message 20240514160512.7731@murmelbach.example. It came to light on 17 June 2024, when the
claim of Nodvale Dairies was looked into; until then it lay in Jorin Talmann's mailbox.

Filed by Hedda Linnartz, document control.
""",
}
