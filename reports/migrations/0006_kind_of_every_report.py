"""Every report has a kind and a first day; on PostgreSQL a step of its own behind the one that wrote them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_kinds")]

    operations = [
        migrations.RemoveField(model_name="report", name="measures"),
        migrations.RemoveField(model_name="report", name="problems"),
        migrations.RemoveField(model_name="report", name="plans"),
        migrations.AlterField(
            model_name="report",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="reports.reportkind",
                verbose_name="种类",
            ),
        ),
        migrations.AlterField(model_name="report", name="from_on", field=models.DateField(verbose_name="本期起")),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_on__lte", models.F("as_of"))), name="report_begins_before_its_day"
            ),
        ),
    ]
