"""The schemes every archive has: its own document numbers and the keys of the kinds that carry a prefix."""

_PREFIXES = """
    ECR change_request  ASM assessment  PRS presentation  DEC decision  AUT authorisation  COM communication
    ACK acknowledgement  ECN change_notice  INC incorporation  VER verification  DEV deviation  WDR withdrawal
    PLN plan  MS milestone  MR material_requirement  SR staff_requirement  SA staff_assignment  MTG meeting  ACT action
    PO supply_order  SHP shipment  SO sale  RMA return  ENQ enquiry  CMP complaint  DL distribution_list  MAT matter
    HLD hold  DSP disposal  RTC retention_class  LSN lesson  PR problem_report  TRN transmittal
"""
_YEARLY = _PREFIXES.split()

BUILT_IN: tuple[tuple[str, str], ...] = (
    ("D-{n:06}", "document"),
    *((f"{prefix}-{{year:4}}-{{n:04}}", kind) for prefix, kind in zip(_YEARLY[::2], _YEARLY[1::2], strict=True)),
)
"""Template and kind; house schemes go before these, since of equal readings the earlier scheme wins."""
