"""The files of an issued report move into rows of their own, one for each kind."""

import hashlib

import django.db.models.deletion
from django.db import migrations, models


def copy_files(apps, schema_editor):
    """Give each file of an issued report its row."""
    report, issued_file = apps.get_model("reports", "Report"), apps.get_model("reports", "IssuedFile")
    for row in report.objects.filter(status="issued").iterator(chunk_size=10):
        for kind in ("html", "pdf"):
            content = bytes(getattr(row, kind))
            sha256 = hashlib.sha256(content).hexdigest()
            issued_file.objects.create(report=row, kind=kind, content=content, sha256=sha256)


def copy_back(apps, schema_editor):
    """Put the two files back beside their report."""
    report, issued_file = apps.get_model("reports", "Report"), apps.get_model("reports", "IssuedFile")
    for row in issued_file.objects.filter(kind__in=("html", "pdf")).iterator(chunk_size=10):
        report.objects.filter(pk=row.report_id).update(**{row.kind: row.content})


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_reading")]

    operations = [
        migrations.CreateModel(
            name="IssuedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10, verbose_name="格式")),
                ("content", models.BinaryField(verbose_name="内容")),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="文件指纹")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="reports.report",
                        verbose_name="期次",
                    ),
                ),
            ],
            options={
                "verbose_name": "印发文件",
                "verbose_name_plural": "印发文件",
                "ordering": ["report", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("report", "kind"), name="file_once_per_report_and_kind")
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="report", name="issued_report_keeps_its_files"),
        migrations.RunPython(copy_files, copy_back),
        migrations.RemoveField(model_name="report", name="html"),
        migrations.RemoveField(model_name="report", name="pdf"),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issued_on__isnull", True), ("status", "draft")),
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
    ]
