"""The way of a bulletin: handed in, approved, open to objections, revised, sent, drafted by rhythm."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0017_plans_due"),
        ("reports", "0010_drafts"),
        ("units", "0005_stamp"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="系统外单位")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="首次打开")),
                ("reminded_on", models.DateField(blank=True, null=True, verbose_name="催阅日期")),
            ],
            options={
                "verbose_name": "分发",
                "verbose_name_plural": "分发",
                "ordering": ["report", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NotDrafted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "不按期起草的种类",
                "verbose_name_plural": "不按期起草的种类",
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=100, verbose_name="指标或内容")),
                ("wrong", models.TextField(max_length=1000, verbose_name="哪里不对")),
                ("right", models.CharField(blank=True, max_length=100, verbose_name="认为应为")),
                ("file_name", models.CharField(blank=True, max_length=150, verbose_name="凭证")),
                ("file_type", models.CharField(blank=True, editable=False, max_length=100)),
                ("file_sha256", models.CharField(blank=True, editable=False, max_length=64, verbose_name="凭证指纹")),
                ("file", models.BinaryField(null=True)),
                ("filed_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待处理"), ("accepted", "采纳"), ("refused", "不予采纳")],
                        default="open",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
            ],
            options={
                "verbose_name": "异议",
                "verbose_name_plural": "异议",
                "ordering": ["report", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(editable=False)),
                ("sha256", models.CharField(max_length=64, verbose_name="公示稿指纹")),
                ("change", models.TextField(blank=True, verbose_name="与上一次的差异")),
                ("pinned_at", models.DateTimeField(verbose_name="取数时间")),
            ],
            options={
                "verbose_name": "公示稿",
                "verbose_name_plural": "公示稿",
                "ordering": ["report", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="issued_report_keeps_what_it_said",
        ),
        migrations.AddField(
            model_name="report",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审核人",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="excuse",
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name="校对不符的说明"),
        ),
        migrations.AddField(
            model_name="report",
            name="handed_in_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="送审人",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="number_year",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True, verbose_name="编号年度"),
        ),
        migrations.AddField(
            model_name="report",
            name="objections_until",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="公示截止"),
        ),
        migrations.AddField(
            model_name="report",
            name="revises",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revised_by",
                to="reports.report",
                verbose_name="修订",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="revision",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="修订次数"),
        ),
        migrations.AddField(
            model_name="reportkind",
            name="is_scheduled",
            field=models.BooleanField(default=True, verbose_name="按周期自动起草"),
        ),
        migrations.AddField(
            model_name="reportkind",
            name="objection_days",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="0 为不公示",
                validators=[django.core.validators.MaxValueValidator(30)],
                verbose_name="公示工作日",
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="status",
            field=models.CharField(
                choices=[("draft", "草稿"), ("review", "送审"), ("objection", "公示"), ("issued", "已印发")],
                default="draft",
                editable=False,
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("status", "issued"), _negated=True), ("issued_on__isnull", True)),
                    models.Q(
                        ("issued_on__isnull", False),
                        ("status", "issued"),
                        models.Q(("frozen", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="issued_report_keeps_what_it_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revises__isnull", True), ("revision", 0)),
                    models.Q(("revises__isnull", False), ("revision__gt", 0)),
                    _connector="OR",
                ),
                name="revision_revises_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("number", ""), _negated=True), ("number_year__isnull", False)),
                fields=("issuer", "kind", "number_year", "number", "revision"),
                name="number_once_a_year",
                violation_error_message="本年度已有这一文号",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="打开人",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="reports.report",
                verbose_name="期次",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="units.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="个人",
            ),
        ),
        migrations.AddField(
            model_name="notdrafted",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="campaigns.campaign",
                verbose_name="战役",
            ),
        ),
        migrations.AddField(
            model_name="notdrafted",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="reports.reportkind",
                verbose_name="种类",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="处理人",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="filed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="objections",
                to="reports.report",
                verbose_name="期次",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit", verbose_name="单位"
            ),
        ),
        migrations.AddField(
            model_name="pin",
            name="pinned_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="取数人",
            ),
        ),
        migrations.AddField(
            model_name="pin",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pins",
                to="reports.report",
                verbose_name="期次",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("report", "unit"), name="delivery_once_to_a_unit"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("report", "user"), name="delivery_once_to_a_person"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), ("unit__isnull", False), ("user__isnull", True)),
                    models.Q(("name", ""), ("unit__isnull", True), ("user__isnull", False)),
                    models.Q(("unit__isnull", True), ("user__isnull", True), models.Q(("name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="delivery_goes_to_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="notdrafted",
            constraint=models.UniqueConstraint(fields=("campaign", "kind"), name="kind_left_out_once"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("reason", ""), ("state", "open")
                    ),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="decided_objection_says_who_and_why",
            ),
        ),
    ]
