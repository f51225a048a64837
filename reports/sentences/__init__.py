"""Sentences bound to figures: the wording changes with the number, no number is typed."""
