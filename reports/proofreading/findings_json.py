"""What a proofreading found, as plain values for machines."""

from collections.abc import Sequence
from dataclasses import asdict

from campaigns.numbers import fraction12
from reports.proofreading.slips import Note
from reports.proofreading.verdicts import Claim


def value_of(claims: Sequence[Claim], notes: Sequence[Note]) -> dict:
    """Return {"claims": […], "notes": […]}: numbers as text, what could not be read as null."""
    return {
        "claims": [
            {
                "text": claim.text,
                "start": claim.start,
                "end": claim.end,
                "kind": claim.kind,
                "actual": claim.actual,
                "target": claim.target,
                "stated": claim.stated,
                "exact": None if claim.exact is None else fraction12(claim.exact),
                "printed": claim.printed,
                "verdict": claim.verdict.value,
                "suggestion": claim.suggestion,
            }
            for claim in claims
        ],
        "notes": [asdict(note) for note in notes],
    }
