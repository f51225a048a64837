"""Previewing a ledger of 10,000 rows, against django-import-export reading the same workbook its usual way."""

import io
import random
import tempfile
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import tablib
from django.db import transaction
from django.test import override_settings
from import_export import fields, resources, widgets
from openpyxl import Workbook

from campaigns.numbers import ExactWidget
from projects.imports import batches, outlines, progress
from projects.models import Company, ImportBatch, Project
from units.models import User

ROWS = 10_000
HEADINGS = (
    "项目名称",
    "投资方",
    "招引单位",
    "产业类别",
    "细分产业",
    "计划总投资(万元)",
    "一期投资(万元)",
    "建设地点",
    "建设内容",
    "项目用地(亩)",
    "注册资本(万元)",
    "挂包领导",
    "工作专班",
    "预计用工(人)",
    "备注",
    "签约时间",
    "协议投资(万元)",
    "开工时间",
)
NAMES = (
    "name",
    "company",
    None,
    "sector",
    "industry",
    "investment",
    "first_phase",
    "place",
    "summary",
    "land",
    "registered_capital",
    "leader",
    "team",
    "jobs",
    "note",
)
LABELS = {"industry": "工业", "agriculture": "农业", "services": "服务业"}


def workbook(size=ROWS):
    """Return a ledger as a workbook: half of its rows are known, a quarter of these changed; half are new."""
    chance = random.Random(7)
    known = Project.objects.select_related("company").prefetch_related("credits__unit", "milestones").order_by("pk")
    known = list(known[: size // 2])
    names = list(Company.objects.order_by("pk").values_list("name", flat=True)[:2000])
    units = [credit.unit.name for project in known[:200] for credit in project.credits.all()]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(HEADINGS)
    for number in range(size):
        project = known[number] if number < len(known) else None
        sheet.append(_row(number, project, chance, names, units))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _row(number, project, chance, names, units):
    day = date(2026, 1, 5) + timedelta(days=number % 200)
    written = [
        f"第{number % 30}产业",
        "A 区 1 号",
        f"年产 {number} 套设备的生产线",
        30 + number % 90,
        2000,
        "某领导",
        "第一专班",
        120,
        "换了说法" if number % 4 == 0 else "",
    ]
    if project is None:
        head = [f"新来第{number}项目", chance.choice(names), chance.choice(units), "工业"]
        return [*head, written[0], 12000.5, 3000, *written[1:], day, 8000 + number, day + timedelta(days=30)]
    unit = next(row.unit.name for row in project.credits.all() if row.role == "introducing")
    head = [project.name, project.company.name, unit, LABELS[project.sector]]
    contract = next((row for row in project.milestones.all() if row.kind == "contract"), None)
    signed = (contract.on, contract.amount) if contract and contract.currency == "CNY" else (None, None)
    return [*head, project.industry, *[None] * 9, written[-1], *signed, None]


class DefaultResource(resources.ModelResource):
    """What the library's manual advises: foreign keys by name, skip what is unchanged, show the diff."""

    company = fields.Field("company", "投资方", widgets.ForeignKeyWidget(Company, "name"))

    class Meta:
        model = Project
        fields = (
            "name",
            "company",
            "sector",
            "industry",
            "investment",
            "first_phase",
            "place",
            "summary",
            "land",
            "registered_capital",
            "leader",
            "team",
            "jobs",
            "note",
        )
        import_id_fields = ("company", "name")
        skip_unchanged = True
        report_skipped = True


def default_resource():
    """Return the resource with the headings of the workbook."""
    resource = DefaultResource()
    names = dict(zip(HEADINGS, NAMES, strict=False))
    for heading, name in names.items():
        if name:
            resource.fields[name].column_name = heading
    for name in ("investment", "first_phase", "land", "registered_capital"):
        resource.fields[name].widget = ExactWidget()
    return resource


def usual_way(content):
    """Read, compare and roll back as the library does."""
    data = tablib.Dataset().load(content, "xlsx")
    result = default_resource().import_data(data, dry_run=True, use_transactions=True)
    return dict(result.totals)


def own_way(batch, by):
    """Preview as the page does: read the file, compare, keep the outcome of every row."""
    with transaction.atomic(), progress.reporting(batch) as tell:
        batches.preview(batch, by, date(2026, 11, 1), tell)
    return batch.new_count, batch.changed_count, batch.unchanged_count, batch.refused_count


def compare(world, rounds):
    """Return (seconds own way, seconds usual way, what both found), by turns."""
    by, content = User.objects.system(), workbook()
    with tempfile.TemporaryDirectory(prefix="zhanbao-bench-files-") as folder, override_settings(MEDIA_ROOT=folder):
        return _compare(world, rounds, by, content)


def _compare(world, rounds, by, content):
    with transaction.atomic():
        batch = batches.upload(
            kind=ImportBatch.Kind.PROJECT,
            unit=world.units[0].parent,
            name="ledger.xlsx",
            content=content,
            outline=outlines.read_outline(content, "ledger.xlsx", "project"),
            by=by,
        )
    own, usual = [], []
    for _round in range(rounds):
        started = perf_counter()
        found = own_way(batch, by)
        own.append(perf_counter() - started)
        started = perf_counter()
        totals = usual_way(content)
        usual.append(perf_counter() - started)
    return median(own), median(usual), (found, totals)
