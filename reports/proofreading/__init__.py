"""Proofreading: what a text says of quotas, shares, growth and paces is recomputed from its own figures (I4)."""

from reports.proofreading.verdicts import Claim, Verdict, claims_of

__all__ = ["Claim", "Verdict", "claims_of"]
