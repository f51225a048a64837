"""What every page with a form shares: the nonce, the version, and a clear answer to whatever goes wrong."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from units import once, versions


class ActionView(FormView):
    """A form whose submission is one action.

    A subclass gives perform(form), which calls the action and returns the record or address to go to. The
    form is answered once for its nonce; a conflict shows both values side by side; a refusal keeps what was
    typed. A form marked offline is sent by static/js/offline.js, which asks for JSON and tries again later where
    the line is down; without scripts it is a form like any other.
    """

    template_name = "form_page.html"
    title = ""
    lead = ""
    submit_label = _("保存")
    cancel_url = ""
    success_message = _("已保存")
    offline = ""  # what is entered, in words: the form waits on the device while the line is down
    offline_keeps = ()  # fields whose values the next one starts with

    def get_form_kwargs(self):
        """Give the form its user, so that it narrows its choices."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        """Add what the shared form page shows."""
        form = kwargs.get("form") or self.get_form()
        return super().get_context_data(
            **{
                "title": self.get_title(),
                "lead": self.get_lead(),
                "submit_label": self.submit_label,
                "cancel_url": self.get_cancel_url(),
                "nonce": self.request.POST.get("nonce") or once.new_nonce(),
                "conflict": getattr(self, "conflicts", ()),
                "offline": self.offline,
                "offline_keeps": " ".join(self.offline_keeps),
                **kwargs,
                "form": form,
            }
        )

    def get_title(self):
        """Return the title of the page."""
        return self.title

    def get_lead(self):
        """Return the line under the title."""
        return self.lead

    def get_cancel_url(self):
        """Return where "cancel" leads."""
        return self.cancel_url

    def perform(self, form):
        """Call the action; return what to go to next."""
        raise NotImplementedError(f"{type(self).__name__} has no perform()")

    def form_valid(self, form):
        """Do the action once and go on, or show the form again with what is wrong."""
        nonce = self.request.POST.get("nonce", "").replace("\x00", "")[:64]  # PostgreSQL takes no NUL
        try:
            with transaction.atomic():
                taken = once.claim(self.request.user, nonce) if nonce else None
                target = self.perform(form)
                url = target if isinstance(target, str) else target.get_absolute_url()
                if taken:
                    taken.result_url = url
                    taken.save(update_fields=["result_url"])
        except once.AlreadyTaken as taken:
            return self.go_on(
                taken.url or self.get_cancel_url(), messages.info, _("这张表单已经提交过，没有重复保存。")
            )
        except versions.Conflict as conflict:
            return self.show_conflict(form, conflict)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        except IntegrityError:  # a constraint that held when the form was checked
            form.add_error(None, _("保存时与他人刚提交的记录冲突。请核对后再次提交。"))
            return self.form_invalid(form)
        return self.go_on(url, messages.success, self.get_success_message())

    def go_on(self, url, tell, text):
        """Lead on to a page that says what was done; what a script sends later, it tells itself."""
        if "X-Background" not in self.request.headers:
            tell(self.request, text)
        return JsonResponse({"url": str(url)}) if wants_json(self.request) else redirect(url or "home")

    def form_invalid(self, form):
        """Show the form with what is wrong, or only say it."""
        if wants_json(self.request):
            return JsonResponse({"errors": told_errors(form)})
        return super().form_invalid(form)

    def get_success_message(self):
        """Return what to say once it is done."""
        return self.success_message

    def show_conflict(self, form, conflict):
        """Show what the other person saved beside what was typed; sending again overwrites knowingly."""
        current = conflict.current
        self.conflicts = []
        for name, field in form.fields.items():
            if not hasattr(current, name) or name == "version":
                continue
            saved = getattr(current, name)
            theirs = field.prepare_value(saved.pk if isinstance(saved, Model) else saved)
            typed = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
            if str("" if theirs is None else theirs) != str("" if typed is None else typed):
                self.conflicts.append(
                    {"label": field.label, "mine": shown(field, typed), "theirs": shown(field, theirs)}
                )
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(current.version)
        add_errors(form, conflict)
        return self.form_invalid(form)


def wants_json(request):
    """Say whether a script sent the form and reads the answer itself."""
    return request.headers.get("Accept") == "application/json"


def told_errors(form):
    """Return what is wrong with a form as lines, each with the name of its field."""
    lines = []
    for name, problems in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        lines += [f"{label}：{text}" if label else text for text in problems]
    return lines


def shown(field, value):
    """Return a typed or saved value as the form shows it: a choice by its label, a tick in words."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    labels = {str(key): label for key, label in getattr(field, "choices", ())}
    return labels.get(str(value), "" if value is None else value)


def add_errors(form, error):
    """Put an action's errors beside the fields they name; the others on top of the form."""
    if hasattr(error, "error_dict"):
        for name, problems in error.error_dict.items():
            form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, problems)
    else:
        form.add_error(None, error)
