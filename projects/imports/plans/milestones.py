"""Planning a milestone that a row records or changes, by the rules of the stage table."""

from django.utils.translation import gettext as _

from campaigns.actions.figures import refuse_settled
from projects.actions.milestones import blocked_by
from projects.actions.rates import settle_amount
from projects.imports.plans.base import Planner
from projects.imports.plans.rows import Part, moved

FOLLOWS = ("rate", "rate_row", "amount_cny", "recorded_by")  # of a milestone whose amount changes


class MilestonePlanner(Planner):
    """A planner whose rows record milestones; `keys_of` says in which columns they stand."""

    def keys_of(self, kind, names):
        """Return {field: key of its column} of a milestone of a kind."""
        raise NotImplementedError

    def _milestone(self, row, milestone, names, values, done, label):
        """Plan a milestone that is new or has changed; done are the kinds that happened once the row is written."""
        keys = self.keys_of(milestone.kind, names)
        is_new = milestone.pk is None
        fresh, before = self._set(row, names, milestone, values, label + "·", lambda name: keys.get(name, name))
        if not is_new and not before:
            return milestone
        if not is_new:
            fresh.recorded_by = self.user
        held = None if is_new else (milestone.currency, milestone.on, milestone.rate_row, milestone.rate)
        if "rate" in before:  # the workbook names one
            fresh.rate_row = fresh.rate_row_id = None
        self._refused_by(row, keys["amount"], settle_amount, fresh, held, self.look.rate)
        if "due_on" in before and fresh.pk in self.look.extended:
            self._refuse(row, "due_on", _("这项承诺已有延期记录，改期请用「延期」"))
        if not is_new:
            self._refused_by(row, keys["on"], refuse_settled, milestone)
        if fresh.amount is not None and fresh.amount <= 0:
            self._refuse(row, keys["amount"], _("金额须大于 0"))
        for why in blocked_by(fresh, done, known=lambda: False, checks=False):
            self._refuse(row, keys["on"], why)
        row.parts.append(Part(fresh, None if is_new else before | moved(milestone, fresh, FOLLOWS)))
        return fresh
