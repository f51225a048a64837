"""Kinds of bulletin as data; what people wrote of a report moves into the sections of its outline."""

import django.db.models.deletion
from django.core.validators import MaxValueValidator
from django.db import migrations, models

OUTLINE = (  # what every report was built of: level, heading, part, where the text stood
    (0, "", "opening", "", False),
    (1, "主要成效", "", "", False),
    (2, "总体完成情况", "totals", "", False),
    (2, "任务完成面", "completion", "", False),
    (1, "主要做法", "", "measures", True),
    (1, "存在问题", "shortfalls", "problems", False),
    (1, "下一步打算", "", "plans", True),
)


def move_texts(apps, schema_editor):
    """Give each report its kind, its first day and its sections."""
    report, section = apps.get_model("reports", "Report"), apps.get_model("reports", "ReportSection")
    if not report.objects.exists():
        return
    kind = apps.get_model("reports", "ReportKind").objects.create(
        code="campaign-summary", name="战役总结", title_form="{organiser}“{campaign}”活动情况总结"
    )
    for row in report.objects.select_related("campaign").iterator(chunk_size=50):
        report.objects.filter(pk=row.pk).update(kind=kind, from_on=min(row.campaign.starts_on, row.as_of))
        rows = [
            section(
                report=row,
                position=place,
                level=level,
                heading=heading,
                part=part,
                text=getattr(row, source) if source else "",
                is_written=is_written,
            )
            for place, (level, heading, part, source, is_written) in enumerate(OUTLINE, start=1)
        ]
        rows.append(section(report=row, position=len(rows) + 1, level=1, part="campaign_table", place="annex"))
        section.objects.bulk_create(rows)


def move_back(apps, schema_editor):
    """Put the texts back beside their report; of other outlines what stood in sections of other names is lost."""
    report, section = apps.get_model("reports", "Report"), apps.get_model("reports", "ReportSection")
    sources = {heading: source for _level, heading, _part, source, _written in OUTLINE if source}
    for row in section.objects.filter(heading__in=sources).iterator(chunk_size=50):
        report.objects.filter(pk=row.report_id).update(**{sources[row.heading]: row.text})


def outline_fields():
    """Return the fields that kinds and reports share."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
        (
            "level",
            models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(4)], verbose_name="层次"),
        ),
        ("heading", models.CharField(blank=True, max_length=60, verbose_name="标题")),
        ("part", models.CharField(blank=True, max_length=40, verbose_name="系统起草")),
        (
            "place",
            models.CharField(
                choices=[("body", "正文"), ("annex", "附件")], default="body", max_length=5, verbose_name="位置"
            ),
        ),
        ("is_written", models.BooleanField(default=False, verbose_name="须撰写")),
        ("hint", models.CharField(blank=True, max_length=200, verbose_name="撰写提示")),
    ]


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_issued_files")]

    operations = [
        migrations.CreateModel(
            name="ReportKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="名称")),
                ("about", models.CharField(blank=True, max_length=120, verbose_name="用途")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("none", "不定期"),
                            ("weekly", "每周"),
                            ("half_monthly", "每半月"),
                            ("monthly", "每月"),
                            ("midway", "战役过半"),
                            ("end", "战役结束"),
                            ("yearly", "每年"),
                        ],
                        default="none",
                        max_length=12,
                        verbose_name="周期",
                    ),
                ),
                (
                    "head",
                    models.CharField(
                        choices=[
                            ("plain", "无版头"),
                            ("red", "红头文件"),
                            ("newsletter", "简报报头"),
                            ("letter", "督办单"),
                        ],
                        default="plain",
                        max_length=12,
                        verbose_name="版头",
                    ),
                ),
                ("mark", models.CharField(blank=True, max_length=60, verbose_name="发文机关标志或报名")),
                ("number_form", models.CharField(blank=True, max_length=60, verbose_name="编号格式")),
                ("title_form", models.CharField(max_length=120, verbose_name="标题格式")),
                ("addressee", models.CharField(blank=True, max_length=120, verbose_name="主送")),
                ("cc", models.CharField(blank=True, max_length=200, verbose_name="抄送")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
                ("is_own", models.BooleanField(default=False, editable=False, verbose_name="本单位改过")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "期次种类",
                "verbose_name_plural": "期次种类",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="KindSection",
            fields=[
                *outline_fields(),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="reports.reportkind",
                        verbose_name="种类",
                    ),
                ),
            ],
            options={
                "verbose_name": "提纲",
                "verbose_name_plural": "提纲",
                "ordering": ["position", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReportSection",
            fields=[
                *outline_fields(),
                ("text", models.TextField(blank=True, verbose_name="撰写")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="reports.report",
                        verbose_name="期次",
                    ),
                ),
            ],
            options={
                "verbose_name": "段落",
                "verbose_name_plural": "段落",
                "ordering": ["position", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="report",
            name="kind",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="reports.reportkind",
                verbose_name="种类",
            ),
        ),
        migrations.AddField(
            model_name="report", name="from_on", field=models.DateField(null=True, verbose_name="本期起")
        ),
        migrations.AddField(
            model_name="report",
            name="is_final",
            field=models.BooleanField(default=False, verbose_name="最终数据"),
        ),
        migrations.AddField(
            model_name="report",
            name="addressee",
            field=models.CharField(blank=True, max_length=120, verbose_name="主送"),
        ),
        migrations.AddField(
            model_name="report", name="cc", field=models.CharField(blank=True, max_length=200, verbose_name="抄送")
        ),
        migrations.RunPython(move_texts, move_back),
    ]
