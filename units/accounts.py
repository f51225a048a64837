"""Sign-in: one folded name for an account, lock-out, password rules, what the session remembers."""

import re
import time
from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from units.models import fold

# what passwords of offices are made of, apart from digits and signs
OFFICE_PATTERN = re.compile(
    r"""(?: a|abc|abcd|abcde|abcdef|admin|administrator|root|user|guest|test|demo|system|super
    | password|passwd|pass|pwd|mima|welcome|huanying|changeme|letmein|hello|nihao|woaini|iloveyou
    | zsj|zsb|zsyz|zstz|zhaoshang|zhaoshangju|zhaoshangyinzi|touzi|zhanbao|gov|zhengfu|bangong|bgs|xmb|fgw|jxj
    | kaifaqu|yuanqu|china|zhongguo
    | qaz|wsx|edc|rfv|qwe|qwer|qwert|qwerty|qwertyuiop|asd|asdf|asdfgh|zxc|zxcv|zxcvbn )*""",
    re.VERBOSE,
)
SIGNS_FOR_LETTERS = str.maketrans("@013$5", "aoiess")


def folded_username(request, credentials=None):
    """Return the account name that lock-out counts, folded as sign-in folds it."""
    if credentials and credentials.get("username"):
        return fold(credentials["username"])
    return fold(request.POST.get("username", "")) if request else ""


def client_address(request):
    """Return the address lock-out counts: the last one the site's own proxy wrote, or the connection's."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR") or None


def remember_sign_in(request):
    """Note when the session began; the idle and absolute limits count from it."""
    request.session["signed_in_at"] = request.session["seen_at"] = int(time.time())


class LockOut(AxesDatabaseHandler):
    """Five failures lock a user at an address; twenty in an hour lock the user at every address."""

    def get_failures(self, request, credentials=None):
        """Count the failures that lock."""
        failed = AccessFailureLog.objects.filter(
            username=folded_username(request, credentials),
            attempt_time__gt=request.axes_attempt_time - timedelta(hours=1),
        ).count()
        if failed >= settings.USER_FAILURES_PER_HOUR:
            return failed
        return super().get_failures(request, credentials)


class ThreeOfFourClasses:
    """Ask for three of: capital letters, small letters, digits, signs."""

    def validate(self, password, user=None):
        """Refuse a password of fewer classes."""
        classes = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]")
        if sum(bool(re.search(one, password)) for one in classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self):
        """Say the rule."""
        return _("密码须包含大写字母、小写字母、数字、符号中的至少三类。")


class NoOfficePassword:
    """Refuse the passwords that offices share: a known word with a year or a run of digits."""

    def validate(self, password, user=None):
        """Refuse what is nothing but known words once digits and signs are taken away."""
        text = password.casefold()
        core = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", text).translate(SIGNS_FOR_LETTERS)
        if any(OFFICE_PATTERN.fullmatch(re.sub(r"[\d\W_]", "", form)) for form in (text, core)):
            raise ValidationError(self.get_help_text(), code="password_office")

    def get_help_text(self):
        """Say the rule."""
        return _("密码过于常见（如 Admin@123、Zsj@2026、键盘顺序加数字），请换一个。")


class NotOnesOwnName:
    """Refuse a password with one's own name, user name or unit in it."""

    def validate(self, password, user=None):
        """Refuse a password that contains one of the names."""
        if user is None:
            return
        names = [user.username, user.name]
        if user.pk:
            names += [member.unit.name for member in user.memberships]
        text = fold(password)
        if any(len(name) >= 2 and fold(name) in text for name in names if name):
            raise ValidationError(self.get_help_text(), code="password_own_name")

    def get_help_text(self):
        """Say the rule."""
        return _("密码不能包含本人的姓名、用户名或单位名称。")
