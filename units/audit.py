"""The trail: every write and every refusal leaves one row."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from units import stamps
from units.models import AuditEntry

ACTIONS = {  # what an action's name ends in → what a person calls it
    "created": _("登记"),
    "changed": _("更正"),
    "withdrawn": _("撤回"),
    "recognised": _("认定"),
    "refused": _("拒绝访问"),
    "removed": _("移除"),
    "lines_set": _("设定考核指标"),
    "phases_set": _("设定阶段要求"),
    "roster_set": _("设定参战单位"),
    "targets_set": _("设定目标任务"),
    "targets_issued": _("下达目标任务"),
    "targets_discarded": _("放弃目标草稿"),
    "target_stages_set": _("设定阶段目标"),
    "persons_set": _("分解到人"),
    "stages_set": _("设定阶段表"),
    "readings_written": _("写入公布数"),
    "shares_set": _("设定归属"),
    "duties_set": _("设定责任分工"),
    "tags_set": _("设定标签"),
    "renamed": _("改名"),
    "moved": _("调整隶属"),
    "split": _("分设"),
    "signed": _("签字"),
    "converted": _("重新折算"),
    "closed": _("封账"),
    "reopened": _("重开账期"),
    "issued": _("签发"),
    "asked": _("申请生成文件"),
    "made": _("生成文件"),
    "failed": _("未能生成"),
    "cleaned": _("清理"),
    "phone_shown": _("查看完整电话"),
    "contact_added": _("添加联系人"),
    "contact_changed": _("更正联系人"),
    "contact_removed": _("移除联系人"),
    "name_added": _("登记别名"),
    "name_removed": _("移除别名"),
    "listing_added": _("登记榜单"),
    "listing_removed": _("移除榜单"),
    "merged": _("合并"),
    "unmerged": _("撤销合并"),
    "released": _("放弃首报"),
    "claims_decided": _("裁定首报"),
    "evidence_added": _("上传凭证"),
    "evidence_withdrawn": _("撤回凭证"),
    "uploaded": _("上传导入文件"),
    "mapped": _("核对列"),
    "confirmed": _("确认导入"),
    "undone": _("撤销导入"),
    "enabled": _("启用"),
    "disabled": _("停用"),
    "password_changed": _("修改密码"),
    "password_reset": _("重置密码"),
    "granted": _("授予角色"),
    "revoked": _("收回角色"),
    "posted": _("安排成员"),
    "leave_recorded": _("登记离岗"),
    "filed": _("报备"),
    "ended": _("销差"),
    "cancelled": _("取消"),
    "attendance_set": _("登记参会"),
    "settled": _("办结"),
    "extended": _("延期"),
    "resumed": _("重新办理"),
    "answered": _("答复"),
    "address_made": _("生成日历地址"),
    "address_revoked": _("停用日历地址"),
    "acknowledged": _("确认知悉"),
    "exempted": _("豁免"),
    "ordered": _("转督办"),
    "cleared": _("解除"),
    "signed_for": _("签收"),
    "replied": _("回复"),
    "sent_back": _("退回重办"),
    "raised": _("升级督办"),
    "judged": _("重新评定"),
    "approved": _("批准"),
    "declined": _("不予奖励"),
    "paid": _("兑现"),
    "commended": _("通报表扬"),
    "wall_made": _("生成大屏地址"),
    "wall_revoked": _("停用大屏地址"),
    "key_made": _("生成接口令牌"),
    "key_revoked": _("停用接口令牌"),
    "key_used": _("接口令牌当日首次使用"),
    "secret_renewed": _("更换签名密钥"),
    "asked_again": _("再发一次"),
    "taken": _("推送送达"),
    "not_taken": _("推送未送达"),
    "columns_chosen": _("选择列"),
    "read": _("查看消息"),
    "enforced": _("施行"),
    "stopped": _("停止施行"),
    "self_asked": _("布置自评"),
    "drafted": _("保存自评"),
    "handed_in": _("报送自评"),
    "reviewed": _("审核"),
    "outlined": _("调整提纲"),
    "restored": _("恢复旧版"),
    "kept": _("确认沿用"),
    "remarked": _("提出意见"),
    "resolved": _("办结意见"),
    "accepted": _("采纳建议"),
    "turned_down": _("不采纳建议"),
    "shipped": _("还原"),
    "submitted": _("送审"),
    "laid_open": _("公示"),
    "pinned": _("重新取数"),
    "decided": _("处理异议"),
    "numbered": _("编号"),
    "distributed": _("分发"),
    "opened": _("首次打开"),
    "reminded": _("催阅"),
    "drafts_chosen": _("设定按期起草"),
    "loaded": _("载入演示数据"),
}


BATCH = 2000  # rows of the trail written by one query


def action_text(action):
    """Return what a person calls an action such as "unit.created"."""
    return str(ACTIONS.get(action.rpartition(".")[2], action))


@cache
def model_names():
    """Return {model label: Chinese name} of all models; names only, for reading the trail."""
    return {
        model._meta.label_lower: str(model._meta.verbose_name)
        for config in apps.get_app_configs()
        for model in config.get_models()
    }


def text_of(value):
    """Return a field's value as the text that the trail keeps."""
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


# what the trail says by itself, or what is nobody's to read
UNTOLD = {
    "version", "path", "password", "last_login", "recorded_at", "updated_at", "uploaded_at", "frozen", "search",
    "inputs", "salt", "body",
}  # fmt: skip


def snapshot(record):
    """Return {field: (label, text)} of a record, choices and related records by their Chinese name.

    What is stored as data a record says in words itself: told_<field>.
    """
    values = {}
    for field in record._meta.concrete_fields:
        if field.primary_key or field.name in UNTOLD or isinstance(field, models.BinaryField):
            continue
        if hasattr(record, f"masked_{field.name}"):  # what pages mask, the trail masks too
            value = getattr(record, f"masked_{field.name}")
        elif hasattr(record, f"told_{field.name}"):
            value = getattr(record, f"told_{field.name}")
        elif field.choices:
            value = getattr(record, f"get_{field.name}_display")()
        elif isinstance(field, models.ForeignKey):
            value = getattr(record, field.name)
        else:
            value = getattr(record, field.attname)
        values[field.name] = (str(field.verbose_name), text_of(value))
    return values


def difference(before, after):
    """Return {label: [before, after]} of what differs between two snapshots ({} stands for no record)."""
    changes = {}
    for name in {**before, **after}:
        label, old = before.get(name, (after.get(name, ("", ""))[0], ""))
        new = after.get(name, ("", ""))[1]
        if old != new:
            changes[label or name] = [old, new]
    return changes


def compared(before, after):
    """Return {label: [before, after]} of what differs between two {label: text}."""
    old, new = ({**dict.fromkeys({**before, **after}, ""), **texts} for texts in (before, after))
    return {label: [old[label], new[label]] for label in old if old[label] != new[label]}


def record(by, action, subject=None, *, before=None, changes=None, reason=""):
    """Write one row about a record in the caller's transaction.

    before is a snapshot taken before the write ({} for a new record); changes may be given outright instead.
    """
    if changes is None:
        changes = difference(before or {}, snapshot(subject)) if subject is not None else {}
    row = entry(by, action, subject, changes=changes, reason=reason)
    row.save()
    stamps.move()
    return row


def entry(by, action, subject=None, *, changes, reason=""):
    """Return the unsaved row of a write; who writes many records saves theirs at once with record_many."""
    return AuditEntry(
        by=by if by is not None and by.pk else None,
        action=action,
        model=subject._meta.label_lower if subject is not None else "",
        object_id=subject.pk if subject is not None else None,
        label=str(subject)[:200] if subject is not None else "",
        changes=json.dumps(changes, ensure_ascii=False, sort_keys=True),
        reason=reason[:500],
    )


def record_many(entries):
    """Write the rows of many records in the caller's transaction, in the order given."""
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)
    stamps.move()


@dataclass(frozen=True)
class Change:
    """One row of a record's history, as pages show it; lines are (label, before, after), part names a part of it."""

    at: datetime
    who: str
    what: str
    reason: str
    changes: list
    part: str = ""

    @property
    def lines(self):
        """The changes under the name the trail gives them."""
        return self.changes


def history(subject, parts=()):
    """Return what happened to a record and its parts (records of one other model), newest first: one query."""
    found = Q(model=subject._meta.label_lower, object_id=subject.pk)
    names = {part.pk: str(part) for part in parts}
    if parts:
        found |= Q(model=parts[0]._meta.label_lower, object_id__in=names)
    return [
        Change(
            row.at, str(row.by or ""), action_text(row.action), row.reason, row.lines,
            "" if row.model == subject._meta.label_lower else names[row.object_id],
        )
        for row in AuditEntry.objects.filter(found).for_list()
    ]  # fmt: skip
