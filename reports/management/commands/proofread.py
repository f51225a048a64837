"""manage.py proofread: recompute what a text claims, from its own figures or from a campaign's ledger."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.management.dates import read_day
from campaigns.models import Campaign
from reports.proofreading import claims_of
from reports.proofreading.findings_json import value_of
from reports.proofreading.ledger import ledger_notes
from reports.proofreading.slips import notes_of
from reports.proofreading.texts import TextError, text_of

WORDS = {
    "match": gettext_lazy("相符"),
    "rounding": gettext_lazy("尾数"),
    "wrong": gettext_lazy("不符"),
    "unreadable": gettext_lazy("待核"),
}


class Command(BaseCommand):
    """Print every claim of a text with its recomputation; exit 0 when all match, 1 otherwise, 2 for bad input.

    Without --campaign no database is read.
    """

    help = _("校对文稿：逐一复算“完成…占目标…的百分之几”，并提示笔误、空缺和旧提法")
    requires_system_checks = ()

    def add_arguments(self, parser):
        """Name the file and how to print."""
        parser.add_argument("file", metavar="FILE", help=_("文本文件（UTF-8 或 GB18030）；- 为标准输入"))
        parser.add_argument("--format", choices=("text", "json"), default="text", help=_("输出格式"))
        parser.add_argument("--campaign", metavar="NAME", help=_("同时与该战役的台账和名单核对"))
        parser.add_argument("--as-of", metavar="D", help=_("台账截至日，默认今天或战役结束日"))

    def handle(self, *, file, format, campaign, as_of, **options):
        """Read, recompute, print."""
        try:
            text = text_of(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
        except OSError as error:
            raise CommandError(
                _("无法读取文件 %(file)s：%(why)s") % {"file": file, "why": error.strerror}, returncode=2
            ) from None
        except TextError as error:
            raise CommandError("；".join(error.messages), returncode=2) from None
        claims, notes = claims_of(text), notes_of(text, today=timezone.localdate())
        if campaign:
            held = Campaign.objects.select_related("organiser").filter(name=campaign).first()
            if held is None:
                raise CommandError(_("没有名为“%(name)s”的战役") % {"name": campaign}, returncode=2)
            notes += ledger_notes(text, held, min(read_day(as_of) or timezone.localdate(), held.ends_on))
        if format == "json":
            self.stdout.write(json.dumps(value_of(claims, notes), ensure_ascii=False, indent=1))
        else:
            self.report(text, claims, notes)
        if not all(claim.is_right for claim in claims) or any(note.kind in ("ledger", "name") for note in notes):
            sys.exit(1)

    def report(self, text, claims, notes):
        """Print a line for each claim and each note."""
        for claim in claims:
            line = text.count("\n", 0, claim.start) + 1
            told = f"{claim.formula} = {claim.printed}" if claim.printed is not None else ""
            parts = [f"[{WORDS[claim.verdict.value]}]", _("第 %d 行") % line, claim.text.replace("\n", " "), told]
            self.stdout.write("  ".join([*filter(None, parts), *filter(None, [claim.suggestion])]))
        for note in notes:
            line = text.count("\n", 0, note.start) + 1
            self.stdout.write("  ".join([_("[提示]"), _("第 %d 行") % line, note.text, note.message]))
        wrong = sum(not claim.is_right for claim in claims)
        self.stdout.write(
            _("共 %(n)d 处百分比和合计，%(wrong)d 处待改；提示 %(notes)d 条")
            % {"n": len(claims), "wrong": wrong, "notes": len(notes)}
        )
