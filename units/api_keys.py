"""Keys of the read API: made and revoked by their users; the system administrator may revoke any."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from units import actions
from units.access import may
from units.forms import ApiKeyForm, RecordForm
from units.models import ApiKey
from units.pages import ActionView, add_errors


class KeyList(FormView):
    """The keys the user may see, and the form of a new one; its token is shown once, when it is made."""

    template_name = "units/key_list.html"
    form_class = ApiKeyForm

    def form_valid(self, form):
        """Make the key and answer with the page that shows its token."""
        today = timezone.localdate()
        try:
            token = actions.make_api_key(by=self.request.user, today=today, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(token=token, form=self.form_class()))

    def get_context_data(self, **kwargs):
        """Add the keys there are; the form only for who may have one."""
        user = self.request.user
        return super().get_context_data(
            title=_("接口令牌"),
            keys=ApiKey.objects.visible_to(user).for_list(),
            today=timezone.localdate(),
            may_make=may(user, "units:key_list", "POST"),
            may_read=may(user, "api:openapi-view", "GET"),
            **kwargs,
        )


class KeyRevoke(ActionView):
    """Let a key open nothing any more."""

    form_class = RecordForm
    title = _("停用接口令牌")
    submit_label = _("停用")
    success_message = _("令牌已停用")
    cancel_url = reverse_lazy("units:key_list")

    @cached_property
    def key(self):
        """The key; 404 where it is not the user's to see."""
        rows = ApiKey.objects.visible_to(self.request.user).select_related("user")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_lead(self):
        """Say which, and what comes of it."""
        return tell("%(key)s。停用后，用它读数的系统立即读不到数据；要再用须重新生成。") % {"key": self.key}

    def perform(self, form):
        """Revoke it."""
        actions.revoke_api_key(key=self.key, by=self.request.user)
        return str(self.cancel_url)
