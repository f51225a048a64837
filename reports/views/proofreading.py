"""The page that proofreads a pasted text: nothing is kept of it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView

from reports.forms import ProofreadForm
from reports.proofreading import Claim, claims_of
from reports.proofreading.ledger import ledger_notes
from reports.proofreading.slips import notes_of
from reports.proofreading.verdicts import TOLD


@dataclass(frozen=True)
class ClaimRow:
    """A claim as a row of the page: number, colour and word of its verdict, arithmetic."""

    number: int
    tone: str
    word: str
    claim: Claim

    @property
    def arithmetic(self):
        """Return the arithmetic with its result as it would be printed."""
        claim = self.claim
        sign = "" if claim.kind == "total" else _("个百分点") if claim.kind == "pace" else "%"
        return f"{claim.formula} = {claim.printed}{sign}" if claim.printed is not None else "—"


class Proofread(FormView):
    """Recompute what a text claims; the text with its claims marked, each with its arithmetic."""

    form_class = ProofreadForm
    template_name = "reports/proofread.html"

    def get_form_kwargs(self):
        """Narrow the campaigns to those of the user."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        """Show what was found below the text."""
        text, campaign = form.cleaned_data["text"], form.cleaned_data["campaign"]
        today = timezone.localdate()
        claims, notes = claims_of(text), notes_of(text, today=today)
        if campaign is not None:
            notes = notes + ledger_notes(text, campaign, min(form.cleaned_data["as_of"] or today, campaign.ends_on))
        rows = [ClaimRow(n, *TOLD[claim.verdict.value], claim) for n, claim in enumerate(claims, start=1)]
        wrong = [row for row in rows if not row.claim.is_right]
        return self.render_to_response(
            self.get_context_data(
                form=form, rows=rows, notes=notes, pieces=pieces(text, rows), wrong=wrong, read=True
            )
        )


def pieces(text, rows):
    """Return the text as (words, row or None): each stretch that ends a claim is marked with the claim's row."""
    made, place = [], 0
    for row in sorted(rows, key=lambda each: (each.claim.start, each.claim.end)):
        start = max(place, row.claim.start)
        if start >= row.claim.end:
            continue
        made += [(text[place:start], None), (text[start : row.claim.end], row)]
        place = row.claim.end
    return [piece for piece in [*made, (text[place:], None)] if piece[0]]
