"""Form fields that the forms of records share: days, companies by name, amounts of a currency."""

import json
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain, read_number
from projects import duplicates
from projects.actions import known_company
from projects.days import FIRST, LAST, check_day
from projects.models import Company, Currency, Project
from units.forms import day_input

SUGGESTED = 300  # names a page suggests
WORDS = {Currency.CNY: "万元"} | {
    currency: f"万{currency.label}" for currency in Currency if currency != Currency.CNY
}


class DayField(forms.DateField):
    """A day of this century, picked in the browser's own calendar."""

    widget = day_input(min=FIRST.isoformat(), max=LAST.isoformat())

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.error_messages["invalid"] = _("看不懂的日期，请写成 2026-09-30 这样")

    def validate(self, value):
        """Refuse days nobody means."""
        super().validate(value)
        if value is not None:
            check_day(value)


class Suggest(forms.TextInput):
    """A text input that suggests what is known already; anything else may be typed."""

    template_name = "components/_suggest.html"
    suggestions = ()

    def get_context(self, name, value, attrs):
        """Name the list of suggestions after the field."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"known_{name}"
        context["widget"]["suggestions"] = self.suggestions
        return context


class CompanyNameField(forms.CharField):
    """A company by name; suggests those that the user may see, and shows likely duplicates while typing."""

    widget = Suggest

    def __init__(self, **kwargs):
        super().__init__(max_length=120, **kwargs)

    def suggest_to(self, user):
        """Suggest the companies that the user may see."""
        rows = Company.objects.visible_to(user).live().order_by("name")
        self.widget.suggestions = rows.values_list("name", flat=True)[:SUGGESTED]
        show_similar(self)


def show_similar(field, **asked):
    """Let a field ask for likely duplicates of what is typed into it; a form of a company sends its code, too."""
    field.widget.attrs |= {
        "hx-get": reverse("projects:company_similar"),
        "hx-trigger": "input changed delay:300ms",
        "hx-target": "next .zs-similar",
        "hx-sync": "this:replace",
        "hx-vals": json.dumps(asked),
        "autocomplete": "off",
    }


class ConfirmBox(forms.CheckboxInput):
    """A box whose tick holds for one text alone."""

    def __init__(self, text):
        self.text = text
        super().__init__(check_test=lambda value: value == text)

    def format_value(self, value):
        """Send the text it holds for."""
        return self.text

    def value_from_datadict(self, data, files, name):
        """Return what was sent."""
        return data.get(name, "")


class WarnsOfDuplicates:
    """A form that names a company: a new one that is much like a known one wants a tick before it is entered."""

    company_field = "company_name"
    confirm_label = _("仍按新企业登记")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        box = forms.CharField(label=self.confirm_label, max_length=120, required=False, widget=forms.HiddenInput)
        names = list(self.fields)
        names.insert(names.index(self.company_field) + 1, "as_new")
        self.fields["as_new"] = box
        self.order_fields(names)

    def is_known(self, name):
        """Say whether a company goes by exactly that name: entering it makes no new one."""
        return known_company(name) is not None

    def clean(self):
        """Ask once about likely duplicates of a name that is new."""
        values = super().clean() or self.cleaned_data
        confirmed, name = values.pop("as_new", ""), values.get(self.company_field)
        if not name or confirmed == name or self.is_known(name):
            return values
        if found := self.likely(name, values):
            self.fields["as_new"].widget = ConfirmBox(name)
            told = "；".join(f"{row.likeness.name}（{row.line}）" for row in duplicates.told_of(found, self.user))
            self.add_error(
                self.company_field,
                _("疑似已有：%(told)s。是同一家的请改用已有名称；不是的请勾选“%(box)s”再提交。")
                % {"told": told, "box": self.confirm_label},
            )
        return values

    def likely(self, name, values):
        """Return the likely duplicates."""
        return duplicates.similar(name)


class ProjectField(forms.CharField):
    """A project by name; suggests the open ones that the user may see, "名称（企业）" where a name is not enough."""

    widget = Suggest
    projects = Project.objects.none()

    def __init__(self, **kwargs):
        super().__init__(max_length=250, **kwargs)

    def offer(self, projects, keeps=None):
        """Take projects to choose from: the open ones, and the one that stands there already."""
        self.projects = projects.filter(Q(terminated=False) | Q(pk=keeps)).select_related("company")
        label = Concat("name", Value("（"), "company__name", Value("）"))
        rows = self.projects.order_by("-updated_at", "-pk").annotate(label=label)
        self.widget.suggestions = rows.values_list("label", flat=True)[:SUGGESTED]

    def prepare_value(self, value):
        """Print a project, or one named by its key."""
        if isinstance(value, int):
            value = self.projects.filter(pk=value).first()
        return project_label(value) if isinstance(value, Project) else value

    def clean(self, value):
        """Find the project; refuses a name that nothing or more than one goes by."""
        text = super().clean(value)
        if not text:
            return None
        name, _bracket, company = text.removesuffix("）").rpartition("（")
        found = list(self.projects.filter(Q(name=text) | Q(name=name, company__name=company))[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("有几个同名项目，请从提示中选择带企业名称的一项"))
        raise ValidationError(_("没有找到这个项目，请从提示中选择，或留空"))


def project_label(project):
    """Name a project so that no other goes by it."""
    return f"{project.name}（{project.company.name}）"


class AmountField(forms.CharField):
    """An amount as it was typed; it is read in the currency of its form."""

    measure = _("万")

    def __init__(self, **kwargs):
        super().__init__(max_length=60, **kwargs)

    def widget_attrs(self, widget):
        """Ask a phone for its number keys."""
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value):
        """Print a stored amount."""
        return plain(value) if isinstance(value, Decimal) else value

    @staticmethod
    def read(text, currency):
        """Return an amount in 万 of the currency; None where nothing was typed."""
        return read_number(text, measure=WORDS[currency]) if text else None
