"""Make the first administrator of a kind, with a one-time password."""

import secrets
import string
from contextlib import suppress

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from units import actions
from units.models import Member, Role, Unit, User

LETTERS = "".join(char for char in string.ascii_letters + string.digits if char not in "0O1lI")
ROLES = [role.value for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)]


class Command(BaseCommand):
    """Make the first administrator of a kind; further accounts are made in the browser."""

    help = "新建第一个管理员账号，打印一次性密码；同类管理员已存在时拒绝。"

    def add_arguments(self, parser):
        """Read who it is."""
        parser.add_argument("username", help="用户名")
        parser.add_argument("name", help="姓名或职务")
        parser.add_argument("--role", required=True, choices=ROLES)
        parser.add_argument("--unit", default="", help="单位名称；还没有单位时以此新建顶级单位")

    def handle(self, *args, username, name, role, unit, **options):
        """Make the account in one transaction and print its password once."""
        password = one_time_password(User(username=username, name=name))
        by = User.objects.system()
        try:
            with transaction.atomic():
                if Member.objects.filter(role=role).exists():
                    raise CommandError(f"已有{Role(role).label}：后续账号请由系统管理员新建、安全管理员授予角色。")
                user = actions.create_user(username=username, name=name, password=password, by=by)
                actions.grant_role(user=user, unit=the_unit(unit, by), role=role, by=by)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        self.stdout.write(f"已新建{Role(role).label}：{user.username}（{user.name}）")
        self.stdout.write(f"一次性密码：{password}")
        self.stdout.write("首次登录须修改密码；此密码不再显示。")


def the_unit(name, by):
    """Return the named unit, the only top unit if none is named, or a new district where there is none."""
    units = Unit.objects.filter(name=name) if name else Unit.objects.filter(parent=None)
    if len(found := list(units[:2])) == 1:
        return found[0]
    if len(found) > 1:
        raise CommandError(f"有多个{'同名' if name else '顶级'}单位：请用 --unit 写明唯一的单位名称。")
    if not name:
        raise CommandError("还没有单位：请用 --unit 写明顶级单位（区县）的名称。")
    if Unit.objects.exists():
        raise CommandError(f"没有名为“{name}”的单位：请写已有单位的名称。")
    return actions.create_unit(name=name, kind=Unit.Kind.DISTRICT, by=by)


def one_time_password(user):
    """Return a password of chance that the password rules accept for a user.

    Where they would accept none (a user named "-"), creating the account says so.
    """
    for _attempt in range(100):
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))
        with suppress(ValidationError):
            validate_password(password, user)
            break
    return password
